"""A request that is tried: the answer by the draft beside that by what is in force, what differs, and why."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from api.console.frame.policy_texts import PolicyTexts, ShownText
from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit, faults_of
from api.console.workbench.condition_views import ConditionView, view_condition
from api.console.workbench.form_values import WrongField
from api.console.workbench.law_views import Excerpt, excerpt_at
from api.console.workbench.open_drafts import OpenDraft, open_draft
from api.console.workbench.scenarios import ScenarioView, scenarios_of
from api.console.workbench.trial_facts import (
    FIELD,
    NOT_KNOWN,
    facts_of_scenario,
    fields_of,
    request_of,
    show_facts,
    typed_in,
)
from api.domain.condition_words import put_in_words
from api.domain.present_words import stated_in
from api.parsing.problems import ProblemError
from api.services.draft_checks import check_files
from api.services.trial_requests import newest_requests
from engine import Decision, PolicySet, Request, decide

MAX_SCENARIOS = 200


@dataclass(frozen=True, slots=True)
class ComparedPart:
    """A part of two answers, each as some texts; `differs` where they are not the same."""

    title: str
    in_force: Sequence[ShownText]
    draft: Sequence[ShownText]

    @property
    def differs(self) -> bool:
        """Whether the two answers differ in it."""
        return [one.text for one in self.in_force] != [one.text for one in self.draft]


@dataclass(frozen=True, slots=True)
class DecidingRule:
    """A rule that decides by one of the two sets alone, or is written otherwise in the other."""

    name: str
    by_draft: bool
    condition: ConditionView
    excerpt: Excerpt
    why_not: str


@dataclass(frozen=True, slots=True)
class Trial:
    """The two answers, part by part, and the rules by which they differ."""

    parts: Sequence[ComparedPart]
    rules: Sequence[DecidingRule]
    lacking: Sequence[str]

    @property
    def differs(self) -> bool:
        """Whether the answers differ at all."""
        return any(part.differs for part in self.parts)


async def show_trial(visit: Visit) -> Response:
    """Show the form, empty or with the facts of a scenario or of a recorded request."""
    opened = await open_draft(visit)
    scenarios = await _scenarios(visit)
    recorded = await newest_requests(visit.context, visit.caller)
    typed: Mapping[str, str] = {}
    left: Sequence[str] = ()
    scenario = scenarios.get(visit.query.get("scenario", ""))
    if scenario is not None:
        typed, left = await asyncio.to_thread(facts_of_scenario, visit.policies, scenario)
    chosen = next((one for one in recorded if one.decision_id == visit.query.get("decision")), None)
    if chosen is not None:
        typed = show_facts(chosen.facts)
    return await _show(visit, opened, typed, left=left)


async def send_trial(visit: Visit) -> Response:
    """Show both answers."""
    return await _show(visit, await open_draft(visit), typed_in(visit), is_sent=True)


async def _show(
    visit: Visit,
    opened: OpenDraft,
    typed: Mapping[str, str],
    *,
    left: Sequence[str] = (),
    is_sent: bool = False,
) -> Response:
    faults: list[Sentence] = []
    trial: Trial | None = None
    policies = visit.policies
    try:
        check = await check_files(visit.context, opened.files)
        policies = check.policies or visit.policies
        if check.policies is None:
            faults = [visit.message("The draft has faults, so nothing is decided by it. Mend it first.")]
        elif is_sent:
            request = request_of(visit, policies, typed)
            trial = await asyncio.to_thread(_try, visit, opened, policies, request)
    except WrongField as wrong:
        faults = [wrong.fact]
    except ProblemError as error:
        faults = faults_of(visit, error.problem)
    scenarios = await _scenarios(visit)
    return visit.render(
        "workbench/trial.html",
        400 if faults else 200,
        opened=opened,
        faults=faults,
        trial=trial,
        left=left,
        groups=fields_of(PolicyTexts(policies, visit.language), typed),
        field=FIELD,
        unknown=NOT_KNOWN,
        scenarios=[*scenarios.values()][:MAX_SCENARIOS],
        recorded=await newest_requests(visit.context, visit.caller),
        countries=sorted(policies.countries),
    )


async def _scenarios(visit: Visit) -> Mapping[str, ScenarioView]:
    found = await asyncio.to_thread(scenarios_of, visit.context.settings.policies)
    every = {one.place: one for ones in found.values() for one in ones}
    return dict(sorted(every.items(), key=lambda entry: entry[0].partition(":")[0]))


def _try(visit: Visit, opened: OpenDraft, draft: PolicySet, request: Request) -> Trial:
    active = visit.context.policies.current
    at = visit.context.clock()
    restated = stated_in(active.policies.vocabulary, request)
    in_force = _decide(active.policies, restated.request, at)
    proposed = _decide(draft, request, at)
    old, new = PolicyTexts(active.policies, visit.language), PolicyTexts(draft, visit.language)
    rules = [
        *_deciding(visit, new, draft, opened.files, proposed, in_force, by_draft=True),
        *_deciding(visit, old, active.policies, active.files.read(), in_force, proposed, by_draft=False),
    ]
    return Trial(
        [
            ComparedPart(title, one, other)
            for (title, one), (_, other) in zip(
                _parts(visit, old, in_force), _parts(visit, new, proposed), strict=True
            )
        ],
        rules,
        restated.lacking,
    )


def _decide(policies: PolicySet, request: Request, at: dt.datetime) -> Decision:
    return decide(policies, request, decision_id="trial", evaluated_at=at)


def _parts(visit: Visit, say: PolicyTexts, decision: Decision) -> Iterator[tuple[str, Sequence[ShownText]]]:
    line = decision.lines[0]
    policies = say.policies
    sentence = line.say_in.get(visit.language)
    yield visit.message("Answer"), [say.read(policies.titles[line.outcome])]
    yield visit.message("Sentence"), [ShownText(sentence) if sentence else say.english(line.say)]
    yield visit.message("Rules"), [ShownText(name, "en") for name in line.rules]
    yield visit.message("Clauses"), [ShownText(clause) for clause in line.clauses]
    yield visit.message("Readings"), [ShownText(reading) for reading in line.readings]
    yield (
        visit.message("What has to be done"),
        [
            ShownText(
                f"{say.read(policies.parties.get(duty.who, duty.who)).text}: {say.read(duty.must).text}", "en"
            )
            for duty in line.duties
        ],
    )
    yield visit.message("Not known yet"), [say.read(missing.ask) for missing in line.missing]
    yield visit.message("May be relied on until"), [ShownText(decision.valid_until.isoformat())]


def _deciding(
    visit: Visit,
    say: PolicyTexts,
    policies: PolicySet,
    files: Mapping[str, bytes],
    decision: Decision,
    other: Decision,
    *,
    by_draft: bool,
) -> Iterator[DecidingRule]:
    """The rules that decide by one set and not by the other, and why they do not there."""
    reasons = {one.rule: f"{one.condition}: {one.found}" for one in other.lines[0].why_not}
    found = {
        rule.name: (policy, rule)
        for policy in policies.policies
        for rule in policy.edition_on(decision.as_of).rules
    }
    for name in decision.lines[0].rules:
        if name not in other.lines[0].rules and name in found:
            policy, rule = found[name]
            condition = view_condition(say, put_in_words(rule.when, policy.words))
            yield DecidingRule(
                name, by_draft, condition, excerpt_at(files, rule.place), reasons.get(name, "")
            )
