"""A small vocabulary for tests of conditions: some facts and parameters of every kind."""

from __future__ import annotations

from engine.contract.vocabulary import Kind, Word
from engine.language.expressions import Expression
from engine.language.rule_engine_parser import parse_condition

KINDS = ("document", "drawing", "sample", "none")
VOCABULARY = {
    word.name: word
    for word in (
        Word("urgent", Kind.TRUTH),
        Word("item.published", Kind.TRUTH),
        Word("item.channel.reported", Kind.TRUTH),
        Word("item.kind", Kind.CHOICE, KINDS),
        Word("trigger", Kind.CHOICE, ("ad_hoc_request", "host_offer")),
        Word("mission.country", Kind.TEXT),
        Word("mission.name", Kind.TEXT),
        Word("item.quantity", Kind.NUMBER),
        Word("item.channel.session", Kind.NUMBER),
        Word("as_of", Kind.DATE),
        Word("visit.starts_on", Kind.DATE),
    )
}
PARAMETERS = {
    word.name: word
    for word in (
        Word("next_session", Kind.NUMBER),
        Word("first_day", Kind.DATE),
        Word("listed_kind", Kind.CHOICE, ("document", "drawing")),
    )
}


def parse(text: str) -> Expression:
    return parse_condition(text, VOCABULARY, PARAMETERS)
