"""The words between the sentences of several lines -> as checked; sentences that are never spoken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from engine.checking.dead_conditions import can_hold
from engine.checking.names import DefinedNames
from engine.checking.report import SourceFile
from engine.contract.vocabulary import Word
from engine.diagnostics import Diagnostic, Severity
from engine.language.expressions import And, Expression, Not
from engine.loading.file_schema import DirectiveFile
from engine.policy.rules import Rule
from engine.policy.sentences import BRACES, LineWords
from engine.policy.standing_answers import StandingAnswer


def check_line_words(directive: SourceFile[DirectiveFile], names: DefinedNames) -> LineWords:
    """Return the words around the sentences for several lines; each of them has its places once (R33)."""
    document, text = directive.document, directive.content.several_lines
    stated = {key: words for key, words in text or () if words is not None}
    usual = LineWords()
    for key, words in stated.items():
        path, wanted = ("several_lines", key), BRACES.findall(getattr(usual, key))
        names.sentence(document, path, words, wanted)
        for name in wanted:
            if (count := words.count(f"{{{name}}}")) != 1:
                message = f"names `{{{name}}}` more than once" if count else f"does not name `{{{name}}}`"
                remedy = "write it once, where it belongs"
                names.report.error(document, path, "R33", f"the text {message}", remedy)
    return LineWords(**{one.name: stated.get(one.name, getattr(usual, one.name)) for one in fields(usual)})


def unsaid_sentences(speaker: Rule | StandingAnswer, words: Mapping[str, Word]) -> Iterator[Diagnostic]:
    """Remark on conditions of sentences that leave nothing to others, or to which others leave nothing (H11)."""
    earlier: tuple[Expression, ...] = ()
    for one in speaker.say_when:
        if not can_hold(Not(one.when), words):
            message = (
                "the condition holds whenever its facts are known, so that no later sentence is said then"
            )
            remedy = "ask for less, or ask whether the fact is known by `!= null` if that is meant"
            yield Diagnostic(one.place, "H11", message, remedy, Severity.HINT)
            return
        if earlier and not can_hold(And((one.when, *earlier)), words):
            message = "wherever the condition holds, an earlier one does, so that this sentence is never said"
            yield Diagnostic(
                one.place, "H11", message, "put it before the other, or take it out", Severity.HINT
            )
        earlier = (*earlier, Not(one.when))
