"""The one door to rule-engine: the text of a condition becomes a typed tree, or a list of faults.

Only the library's tokens and grammar are used. Its own tree is never built, because building folds constants
(`1 << 4000000` runs for seconds) and loses every position: each production gives a `Syntax` with its span.
"""

from __future__ import annotations

import copy
import functools
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any

from engine.contract.vocabulary import Kind, Word
from engine.language.errors import ConditionFault, ConditionFaults, FaultCode
from engine.language.expressions import Expression, Fact
from engine.language.lexer import Token, explain_misplaced, find_token_faults
from engine.language.parse_tables import offer_tables
from engine.language.syntax import Syntax
from engine.language.typecheck import typecheck_syntax

__all__ = [
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_TOKENS",
    "ConditionFault",
    "ConditionFaults",
    "FaultCode",
    "is_name",
    "parse_condition",
]

MAX_LENGTH = 2_000
MAX_TOKENS = 400
MAX_DEPTH = 40

_NO_PARAMETERS: Mapping[str, Word] = MappingProxyType({})


def parse_condition(
    text: str, words: Mapping[str, Word], parameters: Mapping[str, Word] = _NO_PARAMETERS
) -> Expression:
    """Return the typed tree of a condition, whose value is true, false or unknown.

    `words` holds the facts by their dotted name, `parameters` the parameters by their name without braces.
    Raises ConditionFaults with every fault of the text that can be identified.
    """
    if not text.strip():
        raise _whole(FaultCode.EMPTY, text, "the condition is empty", "write what must hold")
    if len(text) > MAX_LENGTH:
        raise _too_large(text, f"has more than {MAX_LENGTH:,} characters")
    tokens = _grammar().read_tokens(text)
    if len(tokens) > MAX_TOKENS:
        raise _too_large(text, f"has more than {MAX_TOKENS} words and signs")
    faults = list(find_token_faults(tokens, text, words.keys() | parameters.keys()))
    if any(token.type == "error" for token in tokens):
        raise ConditionFaults(faults)
    try:
        syntax = _grammar().read_syntax(tokens)
    except _Misplaced as misplaced:
        raise ConditionFaults(faults or [explain_misplaced(misplaced.token, tokens)]) from misplaced
    if syntax.depth > MAX_DEPTH:
        raise _too_large(text, f"is nested more than {MAX_DEPTH} deep")
    expression, found = typecheck_syntax(syntax, text, words, parameters)
    if expression is None or faults or found:
        raise ConditionFaults([*faults, *found])
    return expression


@functools.cache
def is_name(name: str) -> bool:
    """Whether a condition can name a fact of this name."""
    try:
        return parse_condition(name, {name: Word(name, Kind.TRUTH)}) == Fact(name)
    except ConditionFaults:
        return False


def _too_large(text: str, excess: str) -> ConditionFaults:
    return _whole(FaultCode.TOO_LARGE, text, f"the condition {excess}", "split it into several rules")


def _whole(code: FaultCode, text: str, message: str, remedy: str) -> ConditionFaults:
    return ConditionFaults([ConditionFault(code, 0, len(text), message, remedy)])


class _Misplaced(Exception):
    """The grammar has no place for a token; None is the end of the text."""

    def __init__(self, token: Token | None) -> None:
        self.token = token


class _TokenQueue:
    """Tokens already read, in the shape of the lexer that the library's parser expects."""

    lineno = 1

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._rest = iter(tokens)

    def token(self) -> Token | None:
        return next(self._rest, None)


_STRING_OR_BRACED = re.compile(
    r"""(?P<quote>["'])(?:[^\\\n]|\\.)*?(?P=quote) | \{(?P<name>[a-z_]\w*(?:\.[a-z_]\w*)*)\}""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


class _Grammar:
    """The library's tokens and grammar tables, with actions that compute nothing and never nest calls.

    The tables are those of the parser that the library makes on import; making them anew would take as long
    as loading a whole policy set.
    """

    def __init__(self) -> None:
        offer_tables()
        from rule_engine import Rule
        from rule_engine.errors import RuleSyntaxError

        self._refusal = RuleSyntaxError
        self._lexer = Rule.parser._lexer.clone()
        self._lexer.lexerrorf = _skip_character
        self._parser = copy.copy(Rule.parser._parser)
        self._parser.productions = [_recording(production) for production in self._parser.productions]
        self._parser.errorfunc = _refuse_token

    def read_tokens(self, text: str) -> list[Token]:
        """Return the tokens of a text; braces around parameters become spaces, so that offsets stay true."""
        braced = {match.start("name"): match for match in _STRING_OR_BRACED.finditer(text) if match["name"]}
        tokens: list[Token] = []
        for token in self._lex(_STRING_OR_BRACED.sub(_mask_braces, text)):
            last = tokens[-1] if tokens else token
            if last.type == "SYMBOL" and (token.type == "ATTR" or last.value.endswith(".")):
                last.value, last.endlexpos = last.value + token.value, token.endlexpos
            else:
                tokens.append(token)
        return [Token("SYMBOL", m[0], *m.span()) if (m := braced.get(t.lexpos)) else t for t in tokens]

    def read_syntax(self, tokens: Sequence[Token]) -> Syntax:
        """Return the syntax of a whole condition; raises _Misplaced."""
        syntax: Syntax = copy.copy(self._parser).parse(lexer=_TokenQueue(tokens), tracking=True)
        return syntax

    def _lex(self, text: str) -> Iterator[Token]:
        lexer = self._lexer.clone()
        lexer.input(text)
        while True:
            try:
                token = lexer.token()
            except self._refusal:
                reserved = lexer.lexmatch
                yield Token("error", reserved.group(), *reserved.span())
                continue
            if token is None:
                return
            yield Token(token.type, token.value, token.lexpos, lexer.lexpos)


def _mask_braces(match: re.Match[str]) -> str:
    return f" {match['name']} " if match["name"] else match[0]


def _skip_character(token: Any) -> Any:
    token.value = token.value[0]
    token.lexer.skip(1)
    return token


def _refuse_token(token: Token | None) -> None:
    raise _Misplaced(token)


_HANDING_ON = ("object", "array_members", "mapping_members")
"""Productions whose own action only passes its parts on, or collects them in a list."""


def _recording(production: Any) -> Any:
    """Return a copy of a production whose action only records its parts and their span."""
    form = (production.func or "").removeprefix("p_expression_")
    if not form or form in _HANDING_ON:
        return production

    def record(p: Any) -> None:
        parts, place = tuple(p[1:]), p.slice[0]
        whole = form == "p_statement_expr"
        p[0] = parts[0] if whole else Syntax(form, parts, place.lexpos, place.endlexpos, _depth(form, parts))

    recording = copy.copy(production)
    recording.callable = record
    return recording


def _depth(form: str, parts: Sequence[Any]) -> int:
    """Return how deep a form is nested; the left side of a connective adds nothing, for chains are flat."""
    inner = chain.from_iterable(part if isinstance(part, deque) else (part,) for part in parts)
    depths = [1 + part.depth for part in inner if isinstance(part, Syntax)]
    return max(depths[0] - 1, depths[1]) if form == "logic" else max(depths, default=1)


@functools.cache
def _grammar() -> _Grammar:
    return _Grammar()
