"""The report for a reviewer: clause, rule and scenarios of each link to review, as lines of text or as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.evidence.feature_files import ExpectedScenario
from api.evidence.reviews.review_file import link_words
from api.evidence.reviews.status import LinkReview, Reviews
from engine import Link, PolicySet


def report_lines(
    reviews: Reviews, policies: PolicySet, scenarios: Sequence[ExpectedScenario]
) -> Iterator[str]:
    """Yield the text: every link to review, every orphan of the review book, and the totals."""
    for one in reviews.open:
        yield f"{link_words(one.link.key)}: {one.words}"
        yield from (f"  {line}" for line in _read_together(one.link, policies, scenarios))
        yield ""
    for entry in reviews.orphans:
        yield f"{link_words(entry.key)}: in the book, by {entry.by} on {entry.on}, but not there any more"
    if reviews.orphans:
        yield ""
    yield from _summary(reviews)


def as_data(reviews: Reviews, policies: PolicySet, scenarios: Sequence[ExpectedScenario]) -> dict[str, Any]:
    """Return the same for other tools.

    `links` counts all links. `open` are those to review: {clause, rule, state, changed: [`clause`, `rule`], by, on,
    clause_says, rule_says, scenarios: [{place, name}]}; `rule` and `rule_says` are null for a clause without a rule,
    `by` and `on` where nobody has read them. `orphans` are the entries about links that do not exist.
    """
    return {
        "schema": 1,
        "revision": policies.revision,
        "links": len(reviews.links),
        "open": [_open(one, scenarios) for one in reviews.open],
        "orphans": [entry.model_dump(mode="json") for entry in reviews.orphans],
    }


def _open(one: LinkReview, scenarios: Sequence[ExpectedScenario]) -> dict[str, Any]:
    link = one.link
    return {
        "clause": link.clause.name,
        "rule": link.rule and link.rule.name,
        "state": one.state,
        "changed": list(one.changed),
        "by": one.entry and one.entry.by,
        "on": one.entry and one.entry.on.isoformat(),
        "clause_says": link.clause.says,
        "rule_says": link.rule and link.rule.says,
        "scenarios": [{"place": place, "name": name} for place, name in _scenarios(link, scenarios).items()],
    }


def _summary(reviews: Reviews) -> Iterator[str]:
    count, total, lost = len(reviews.open), len(reviews.links), len(reviews.orphans)
    if lost:
        yield f"{lost} in the book not there any more; the next review that is recorded takes them out"
    if count:
        yield f"{count} of {total} links to review; read each, then record it:"
        yield "  channelgate policies review --clause CLAUSE --rule RULE --by WHO"
    else:
        yield f"{'' if lost else 'ok: '}all {total} links are reviewed as they stand"


def _read_together(link: Link, policies: PolicySet, scenarios: Sequence[ExpectedScenario]) -> Iterator[str]:
    clause = link.clause.says
    who = f"{policies.parties[clause['who']]}: " if clause["who"] else ""
    yield f"clause: {who}{clause['text']}"
    if link.rule is None:
        yield f"no rule: {clause['no_rule'] or 'and no reason is given'}"
    else:
        for sort, says in link.rule.says.items():
            yield f"rule: {_SENTENCES[sort](says)}"
            yield from _further(says, policies)
    yield from (f"scenario: {place} {name}" for place, name in _scenarios(link, scenarios).items())


def _rule(says: Mapping[str, Any]) -> str:
    every = says["exception_to_every"]
    generals = f"every rule that answers {every}" if every else ", ".join(says["exception_to"])
    exception = f", as an exception to {generals}" if generals else ""
    beats = f", and beats {', '.join(says['beats'])}" if says["beats"] else ""
    return f"when {says['when']}: {says['outcome']}{exception}{beats}{_days(says)}"


def _scope(says: Mapping[str, Any]) -> str:
    return f"when {says['when']}: the policy governs the request{_days(says)}"


def _answer(_: Mapping[str, Any]) -> str:
    return "where no rule decides"


_SENTENCES = {"rule": _rule, "scope": _scope, "answer": _answer}


def _further(says: Mapping[str, Any], policies: PolicySet) -> Iterator[str]:
    """What it cites only at times, its duties, the sentence for the guest, and how countries depart from it."""
    for cited in says.get("cite_when", ()):
        yield f"cites: {', '.join((*cited['clauses'], *cited['readings']))} when {cited['when']}"
    for duty in says.get("duties", ()):
        yield f"duty: {policies.parties[duty['who']]} must {duty['must']} [{duty['clause']}]"
    if "say" in says:
        yield f"say: “{says['say']}”"
    for entry in says.get("say_when", ()):
        yield f"say: “{entry['say']}” when {entry['when']}"
    for entry in says.get("departures", ()):
        since = f" from {entry['from']}" if entry["from"] else ""
        yield f"in {entry['policy']}{since}: {_departure(entry['departs'])}"


def _days(says: Mapping[str, Any]) -> str:
    return "".join(f", {end} {says[end]}" for end in ("from", "until") if says[end])


def _departure(departs: Mapping[str, Any] | None) -> str:
    if departs is None:
        return "as shared again"
    if "suspended" in departs:
        return "suspended"
    parts = [f"when {departs['when']}"] if "when" in departs else []
    for key, words in (("exceptions", "with the exception"), ("beaten_by", "beaten by")):
        parts += [f"{words} {', '.join(departs[key])}"] if key in departs else []
    if "clauses" in departs:
        parts.append(f"citing {', '.join((*departs['clauses'], *departs['readings']))}")
    return "; ".join(parts)


def _scenarios(link: Link, scenarios: Sequence[ExpectedScenario]) -> dict[str, str]:
    """The scenarios tagged with both ends, else those with the rule; one with Examples by its first row."""
    clause = {f"@clause:{link.clause.name}"}
    rule = {f"@rule:{link.rule.name}"} if link.rule else set[str]()
    for tags in (clause | rule, rule):
        if shown := [scenario for scenario in scenarios if tags and tags <= {*scenario.tags}]:
            rows = Counter(scenario.place for scenario in shown)
            first = {scenario.place: scenario.name for scenario in reversed(shown)}
            return {
                place: first[place] + (f" ({rows[place]} rows)" if rows[place] > 1 else "") for place in rows
            }
    return {}
