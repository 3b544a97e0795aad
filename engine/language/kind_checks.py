"""Whether two parts of a condition are of one kind, and the faults that are noted on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.contract.vocabulary import Kind
from engine.diagnostics import suggestion
from engine.language.errors import ConditionFault, FaultCode
from engine.language.expressions import Constant, Expression, Span
from engine.language.syntax import Syntax, ValueKind, example_of, name_of


@dataclass(frozen=True, slots=True)
class TypedPart:
    """A part of a condition with its kind, and its choices if it has any."""

    expression: Expression
    kind: ValueKind
    choices: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """The span of the part in the text."""
        return self.expression.span

    @property
    def constant(self) -> Any:
        """The written value, or None if the expression is not simply one."""
        return self.expression.value if isinstance(self.expression, Constant) else None


class KindChecks:
    """The faults of a condition so far, and the checks that compare the kinds of its parts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[ConditionFault] = []

    def quote(self, part: Syntax | TypedPart) -> str:
        """The text of the part as it is written."""
        start, end = part.span
        return self.text[start:end]

    def refuse(
        self, code: FaultCode, part: Syntax | TypedPart, message: str, remedy: str
    ) -> TypedPart | None:
        """Note a fault; the answer is always None, for a method to give in turn."""
        self.faults.append(ConditionFault(code, *part.span, message, remedy))
        return None

    def agree(self, syntax: Syntax, left: TypedPart | None, right: TypedPart | None) -> TypedPart | None:
        """Return the side that settles the kind of both, when they can stand side by side."""
        if not left or not right:
            return None
        for choice, value in ((left, right), (right, left)):
            if choice.kind is Kind.CHOICE and isinstance(value.constant, str):
                return choice if self._is_choice(choice, value) else None
        narrow, wide = sorted((left, right), key=lambda side: len(side.choices))
        if left.kind == right.kind != "duration" and set(narrow.choices) <= set(wide.choices):
            return wide
        settled = right if left.constant is not None else left
        message = f"`{self.quote(left)}` and `{self.quote(right)}` have different choices"
        if left.kind != right.kind:
            message = (
                f"`{self.quote(left)}` is {name_of(left.kind)}, `{self.quote(right)}` {name_of(right.kind)}"
            )
        remedy = f"beside `{self.quote(settled)}` write {example_of(settled.kind)}"
        if "duration" in (left.kind, right.kind):
            message, remedy = "a duration only moves a date", 'write it after a date, as in `as_of + t"P30D"`'
        wrong = left if settled is right else right
        is_written = wrong.constant is not None and settled.constant is None
        return self.refuse(FaultCode.KINDS, wrong if is_written else syntax, message, remedy)

    def _is_choice(self, choice: TypedPart, value: TypedPart) -> bool:
        if value.constant in choice.choices:
            return True
        remedy = suggestion(value.constant, choice.choices) or f"choose among {', '.join(choice.choices)}"
        message = f'"{value.constant}" is not a choice of `{self.quote(choice)}`'
        self.refuse(FaultCode.UNKNOWN_CHOICE, value, message, remedy)
        return False
