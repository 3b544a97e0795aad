"""How a country differs: its parameters beside those of the others, and the rules that it has, lacks or narrows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from api.console.frame.policy_texts import PolicyTexts, ShownText
from api.console.frame.visits import Visit
from api.console.workbench.condition_views import ConditionView, day_of, period_words, view_condition
from api.console.workbench.draft_parameters import STATUSES
from api.console.workbench.form_values import show_value
from api.console.workbench.law_views import Excerpt, excerpt_at
from api.domain.condition_words import put_in_words
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from engine import PolicySet, Word
from engine.policy.model import ParameterValue, Policy
from engine.policy.rules import Rule


@dataclass(frozen=True, slots=True)
class ParameterDifference:
    """A parameter of a country on a day: its value, where from, and what the others have, by their titles."""

    name: str
    ask: ShownText
    value: ShownText
    status: str
    source: ShownText
    days: str
    others: Sequence[tuple[ShownText, Sequence[ShownText]]]

    @property
    def differs(self) -> bool:
        """Whether some other country has something else."""
        return any(value.text != self.value.text for value, _ in self.others)


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """A rule that a country has, lacks or narrows: when it holds there, and when for the others."""

    name: str
    condition: ConditionView
    usual: ConditionView | None
    excerpt: Excerpt
    outcome: ShownText


async def show_differences(visit: Visit) -> Response:
    """Show how one policy differs from the shared rules, and from the others."""
    policies, day, say = visit.policies, day_of(visit), visit.texts
    wanted = visit.request.path_params["policy"]
    policy = next((one for one in policies.policies if one.name == wanted), None)
    if policy is None:
        raise ProblemError(
            make_problem(ProblemKind.NOT_FOUND, "The policies in force have none of this name.")
        )
    files = visit.context.policies.current.files.read()
    here = {rule.name: rule for rule in policy.edition_on(day).rules}
    shared = {rule.name: rule for rule in policy.undeviated_on(day).rules}
    own = [rule for name, rule in here.items() if rule.place.file == policy.file]
    lacking = [rule for name, rule in shared.items() if name not in here]
    narrowed = [
        (rule, shared[name])
        for name, rule in here.items()
        if name in shared and rule.when != shared[name].when
    ]
    return visit.render(
        "workbench/country.html",
        day=day,
        say=say,
        policy=policy,
        follows=policy.follows is not None,
        countries=sorted(policy.edition_on(day).members.named),
        parameters=[*_parameters(visit, say, policies, policy, day)],
        own=[_view(say, policy, rule, None, files) for rule in sorted(own, key=lambda rule: rule.place)],
        lacking=[_view(say, policy, rule, None, files) for rule in lacking],
        narrowed=[_view(say, policy, rule, usual, files) for rule, usual in narrowed],
        may_loosen=[
            (
                view_condition(say, put_in_words(one.when, policy.words)),
                say.read(one.reason),
                one.cited.clauses,
            )
            for one in policy.may_loosen
        ],
        others=[(one.name, say.read(one.title)) for one in policies.policies if one is not policy],
    )


def _view(
    say: PolicyTexts, policy: Policy, rule: Rule, usual: Rule | None, files: dict[str, bytes]
) -> RuleDifference:
    return RuleDifference(
        rule.name,
        view_condition(say, put_in_words(rule.when, policy.words)),
        view_condition(say, put_in_words(usual.when, policy.words)) if usual else None,
        excerpt_at(files, rule.place),
        say.read(say.policies.titles[rule.outcome]),
    )


def _parameters(
    visit: Visit, say: PolicyTexts, policies: PolicySet, policy: Policy, day: dt.date
) -> Iterator[ParameterDifference]:
    for name, values in policy.parameters.items():
        value, word = _valid(values, day), policy.declared.get(name)
        others: dict[str, tuple[ShownText, list[ShownText]]] = {}
        for other in policies.policies:
            if other is not policy and name in other.parameters:
                shown = _shown(visit, say, other.declared.get(name), _valid(other.parameters[name], day))
                others.setdefault(shown.text, (shown, []))[1].append(say.read(other.title))
        yield ParameterDifference(
            name=name,
            ask=say.read(word.ask if word else name),
            value=_shown(visit, say, word, value),
            status=visit.message(STATUSES[value.status]) if value else "",
            source=say.english(value.source) if value else ShownText(""),
            days=period_words(visit, value.period) if value else "",
            others=[*others.values()],
        )


def _valid(values: Sequence[ParameterValue], day: dt.date) -> ParameterValue | None:
    return next((value for value in values if value.period.covers(day)), None)


def _shown(visit: Visit, say: PolicyTexts, word: Word | None, value: ParameterValue | None) -> ShownText:
    if value is None or value.value is None:
        return ShownText(visit.message("not found"))
    text = show_value(value.value)
    return say.read(word.choices_in_words.get(text, text) if word else text)
