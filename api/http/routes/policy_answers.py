"""The policies in force as JSON answers: the set, and one policy as it stands on a day."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from api.parsing.answers import JsonAnswer
from engine import Outcome


class NamedPolicy(JsonAnswer):
    """A policy of the set; one without a country is for all."""

    name: str
    title: str
    country: str | None
    countries: tuple[str, ...] | None = Field(None, description="Of a group, its countries on that day")
    all_others_but: tuple[str, ...] | None = Field(
        None, description="Of all other countries, those on that day that it is not for"
    )


class ClauseAnswer(JsonAnswer):
    """A clause in the office's own words; `no_rule` says why no rule carries it out."""

    clause: str
    text: str
    who: str | None
    no_rule: str | None


class ReadingAnswer(JsonAnswer):
    """A question that the text leaves open, and the reading taken."""

    reading: str
    clauses: tuple[str, ...]
    question: str
    taken: str | None
    status: str


class PolicySetAnswer(JsonAnswer):
    """The active set."""

    name: str
    title: str
    revision: str = Field(description="The hash of the set's content; the ETag is this and the day")
    status: Literal["proposed", "in_force"]
    in_force_from: dt.date | None
    time_zone: str = Field(description="The IANA time zone whose day is meant wherever a call states none")
    source: dict[str, str]
    files: tuple[str, ...]
    policies: tuple[NamedPolicy, ...]
    clauses: tuple[ClauseAnswer, ...]
    readings: tuple[ReadingAnswer, ...]


class ScopeAnswer(JsonAnswer):
    """A condition under which the policy speaks at all."""

    scope: str
    when: str
    clauses: tuple[str, ...]
    readings: tuple[str, ...]


class RuleDuty(JsonAnswer):
    """Who must do what where the rule decides, by which clause."""

    who: str
    must: str
    clause: str
    before: str | None = None
    within: str | None = None
    evidence: str | None = None
    done_by: str | None = None
    when: str | None = Field(None, description="The condition under which it is there")


class RuleSentence(JsonAnswer):
    """A sentence that the rule says in the place of the plain one where a condition holds."""

    when: str
    say: str


class RuleAnswer(JsonAnswer):
    """A rule with its place in the file and the rules it gives way to."""

    rule: str
    at: str
    exception_to: tuple[str, ...]
    beaten_by: tuple[str, ...]
    when: str
    outcome: Outcome
    clauses: tuple[str, ...]
    readings: tuple[str, ...]
    duties: tuple[RuleDuty, ...]
    say: str
    say_when: tuple[RuleSentence, ...]


class DeclaredFactAnswer(JsonAnswer):
    """A fact that a request may state, of the whole request or of each line; choices with what they say."""

    fact: str
    of: Literal["request", "line"]
    kind: Literal["truth", "choice", "text", "number", "date"]
    choices: dict[str, str] | None
    least: int | None
    most: int | None
    whole: bool | None = Field(description="Of a number, true if it is whole")
    ask: str
    answered_by: str
    owner: str | None = Field(description="The party whose statement alone counts")


class VocabularyAnswer(JsonAnswer):
    """The words of the active set."""

    revision: str
    asking_party: str = Field(description="The party that asks, and answers what belongs to nobody else")
    parties: dict[str, str]
    groups: dict[str, str] = Field(description="What groups of facts are about")
    facts: tuple[DeclaredFactAnswer, ...]


class ParameterAnswer(JsonAnswer):
    """A value of a parameter with its provenance and its days, the last one included; null where none was found."""

    value: bool | int | str | None
    status: str
    source: str
    start: dt.date | None = Field(alias="from")
    until: dt.date | None


class PolicyAnswer(JsonAnswer):
    """One policy with its scope, rules and parameters as they stand on a day."""

    name: str
    title: str
    country: str | None
    countries: tuple[str, ...] | None = Field(None, description="Of a group, its countries on that day")
    all_others_but: tuple[str, ...] | None = Field(
        None, description="Of all other countries, those on that day that it is not for"
    )
    file: str
    revision: str
    status: Literal["proposed", "in_force"]
    as_of: dt.date
    scope: tuple[ScopeAnswer, ...]
    rules: tuple[RuleAnswer, ...]
    parameters: dict[str, tuple[ParameterAnswer, ...]]
