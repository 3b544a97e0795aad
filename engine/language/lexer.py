"""The words and signs of a condition, and what to write in the place of those the language has not."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.language.errors import ConditionFault, FaultCode


@dataclass(slots=True)
class Token:
    """One word or sign, in the shape the library's parser takes; `endlexpos` is where it ends.

    The type is one of the library's, or "error" for what cannot be read. A dotted name is one token, and so
    is a parameter with its braces.
    """

    type: str
    value: str
    lexpos: int
    endlexpos: int
    lineno: int = 1
    lexer: object = None


_BRACES = "write {next_session} for a parameter, and square brackets around a list"

_SIGNS: Mapping[str, tuple[FaultCode, str]] = {
    **dict.fromkeys(
        ("MUL", "TDIV", "FDIV", "MOD", "POW"), (FaultCode.OPERATOR, "only add, subtract and compare numbers")
    ),
    **dict.fromkeys(
        ("EQ_FZM", "EQ_FZS", "NE_FZM", "NE_FZS"),
        (FaultCode.OPERATOR, "write ==, or list the texts after `in`"),
    ),
    **dict.fromkeys(("BWXOR", "BWLSH", "BWRSH"), (FaultCode.OPERATOR, "write a comparison in its place")),
    "BWAND": (FaultCode.OPERATOR, "write `and`"),
    "BWOR": (FaultCode.OPERATOR, "write `or`"),
    "COALESCE": (
        FaultCode.OPERATOR,
        "an unknown fact must stay unknown; write the rule so that not knowing leads nowhere",
    ),
    "LBRACE": (FaultCode.BRACES, _BRACES),
    "RBRACE": (FaultCode.BRACES, _BRACES),
    "FOR": (FaultCode.CONSTRUCT, "name each fact itself"),
    "IF": (FaultCode.CONSTRUCT, "write `test ? one : other`"),
    "COMMENT": (FaultCode.CONSTRUCT, "put the remark beside the rule, outside the condition"),
    "BYTES": (FaultCode.LITERAL, "write the text in plain quotes"),
}
"""Signs that the library's grammar knows and this language does not."""

_MISSPELT: Mapping[str, tuple[str, str]] = {
    spelling: (word.upper(), word)
    for word in ("and", "or", "not", "in", "true", "false", "null")
    for spelling in (word.upper(), word.title())
} | {
    "None": ("NULL", "null"),
    "is": ("EQ", "=="),
    **{form: ("TRUE", "true") for word in ("yes", "on") for form in (word, word.title(), word.upper())},
    **{form: ("FALSE", "false") for word in ("no", "off") for form in (word, word.title(), word.upper())},
}
"""Words of other languages: the type and the value of the token that is meant."""

_DOUBLED = ("&&", "||")

_CHARACTERS: Mapping[str, tuple[FaultCode, str]] = {
    **dict.fromkeys("“”„‟«»″", (FaultCode.CHARACTER, 'write straight quotes, "')),
    **dict.fromkeys("‘’‚‛′`´", (FaultCode.CHARACTER, "write straight quotes, ' or \"")),
    **dict.fromkeys("–—−", (FaultCode.CHARACTER, "write a plain minus sign, -")),
    **dict.fromkeys("\"'", (FaultCode.ORDER, "close the quotes, on the same line")),
    "=": (FaultCode.OPERATOR, "write == for equal, >= or <= for at least or at most"),
    "!": (FaultCode.OPERATOR, "write `not`"),
    "≠": (FaultCode.OPERATOR, "write !="),
    "≤": (FaultCode.OPERATOR, "write <="),
    "≥": (FaultCode.OPERATOR, "write >="),
    ".": (FaultCode.CHARACTER, "write the parts of a name without a space around the dot"),
    "$": (FaultCode.CONSTRUCT, "name a fact or a parameter"),
    "#": (FaultCode.CONSTRUCT, "put the remark beside the rule, outside the condition"),
}
"""Characters that cannot be read, and their remedies; any other is to be taken out."""


def find_token_faults(tokens: Sequence[Token], text: str, names: Collection[str]) -> Iterator[ConditionFault]:
    """Yield the faults of single tokens; in place of a misspelt word the token becomes the one that is meant.

    `names` are the facts and parameters, which are never misspellings.
    """
    for token in tokens:
        start, end = token.lexpos, token.endlexpos
        if token.type == "error":
            yield _unreadable(token)
        elif token.type == "SYMBOL" and token.value in _MISSPELT and token.value not in names:
            token.type, token.value = _MISSPELT[token.value]
            message = f"`{text[start:end]}` is not part of the language"
            yield ConditionFault(FaultCode.OPERATOR, start, end, message, f"write `{token.value}`")
        elif token.value.startswith("$"):
            message = "a condition knows no clock and no functions, only facts and parameters"
            remedy = "write `as_of` for the day the answer is asked for, or name a fact"
            yield ConditionFault(FaultCode.CONSTRUCT, start, end, message, remedy)
        elif token.type in _SIGNS:
            if start and text[start - 1 : end] in _DOUBLED:
                continue
            end += text[start : end + 1] in _DOUBLED
            code, remedy = _SIGNS[token.type]
            yield ConditionFault(code, start, end, f"`{text[start:end]}` is not part of the language", remedy)


def _unreadable(token: Token) -> ConditionFault:
    code, remedy = _CHARACTERS.get(token.value, (FaultCode.CHARACTER, "take it out"))
    what = "is never closed" if code is FaultCode.ORDER else "is not part of the language"
    if len(token.value) > 1:
        code, remedy = FaultCode.CONSTRUCT, "write `test ? one : other`"
    elif code is FaultCode.CHARACTER:
        what = f"({unicodedata.name(token.value, 'a character without a name').lower()}) cannot be read here"
        if unicodedata.category(token.value) in ("Zs", "Zl", "Zp", "Cc", "Cf"):
            remedy = "put an ordinary space in its place"
    return ConditionFault(code, token.lexpos, token.endlexpos, f"`{token.value}` {what}", remedy)


_ENDS_VALUE = {
    "SYMBOL",
    "FLOAT",
    "STRING",
    "DATETIME",
    "TIMEDELTA",
    "TRUE",
    "FALSE",
    "NULL",
    "RPAREN",
    "RBRACKET",
}
_STARTS_VALUE = _ENDS_VALUE - {"RPAREN", "RBRACKET"} | {"LPAREN", "LBRACKET", "NOT"}
_COMPARES = {"EQ", "NE", "LT", "LE", "GT", "GE", "IN"}


def explain_misplaced(token: Token | None, tokens: Sequence[Token]) -> ConditionFault:
    """Return the fault of the first token the grammar has no place for; None means the text's end."""
    before = [other for other in tokens if token is None or other.lexpos < token.lexpos]
    after_value = bool(before) and before[-1].type in _ENDS_VALUE
    opened = _unclosed(before)
    if token is None and opened:
        return _misplaced(FaultCode.ORDER, opened[-1], "is never closed", "close the bracket")
    if token is None:
        return _misplaced(
            FaultCode.ORDER, before[-1], "is left without what follows it", "write what is missing"
        )
    if token.type == "COMMA" and opened and opened[-1].type == "LPAREN":
        remedy = 'put a list into square brackets, as in `x in ["a", "b"]`'
        return _misplaced(FaultCode.LIST, opened[-1], "opens a list, which stands in square brackets", remedy)
    if token.type in ("RPAREN", "RBRACKET") and not opened:
        return _misplaced(FaultCode.ORDER, token, "closes nothing", "take it out, or open the bracket")
    if after_value and token.type in _COMPARES:
        remedy = "write two comparisons joined by `and`, or put one into round brackets"
        return _misplaced(FaultCode.CHAIN, token, "continues a comparison, which cannot be chained", remedy)
    if after_value and token.type in _STARTS_VALUE:
        remedy = "join the two by `and` or `or`, or compare them"
        return _misplaced(FaultCode.ORDER, token, "follows without a sign between", remedy)
    return _misplaced(FaultCode.ORDER, token, "has no place here", "look at what stands before and after it")


def _misplaced(code: FaultCode, token: Token, what: str, remedy: str) -> ConditionFault:
    return ConditionFault(code, token.lexpos, token.endlexpos, f"`{token.value}` {what}", remedy)


def _unclosed(tokens: Sequence[Token]) -> list[Token]:
    opened: list[Token] = []
    for token in tokens:
        if token.type in ("LPAREN", "LBRACKET"):
            opened.append(token)
        elif token.type in ("RPAREN", "RBRACKET") and opened:
            opened.pop()
    return opened
