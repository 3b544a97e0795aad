"""From the syntax of a condition to its typed tree: every word known, every value of its kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from engine.contract.vocabulary import Kind, Word
from engine.diagnostics import suggestion
from engine.language.errors import ConditionFault, FaultCode
from engine.language.expressions import (
    And,
    Choose,
    Comparator,
    Compare,
    Constant,
    Expression,
    Fact,
    Known,
    Not,
    OneOf,
    Or,
    Sum,
)
from engine.language.kind_checks import KindChecks, TypedPart
from engine.language.syntax import (
    LITERALS,
    REFUSED,
    SIGNED,
    Syntax,
    example_of,
    name_of,
)
from engine.language.values import Sign

_BARE_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COMPARISONS = ("comparison", "arithmetic_comparison", "contains")


def typecheck_syntax(
    syntax: Syntax, text: str, words: Mapping[str, Word], parameters: Mapping[str, Word]
) -> tuple[Expression | None, tuple[ConditionFault, ...]]:
    """Return the tree of a whole condition and its faults; the tree is None when a part of it has no meaning.

    A tree comes back beside faults only where the caller has refused a part that this stage passes over.
    """
    checker = _TypeChecker(text, words, parameters)
    return checker.truth(syntax), tuple(checker.faults)


class _TypeChecker(KindChecks):
    """One walk over the syntax of a condition; a method returns None for a part whose fault is noted."""

    def __init__(self, text: str, words: Mapping[str, Word], parameters: Mapping[str, Word]) -> None:
        super().__init__(text)
        self.words = words
        self.parameters = parameters

    def truth(self, syntax: Syntax) -> Expression | None:
        """Return a part that must be true or false."""
        typed = self.typed(syntax)
        if not typed or typed.kind is Kind.TRUTH:
            return typed.expression if typed else None
        message = f"`{self.quote(typed)}` is {name_of(typed.kind)}, not true or false"
        remedy = f"compare it with {example_of(typed.kind)}"
        if typed.constant is not None:
            remedy = f"name the fact it is compared with, as in `... == {self.quote(typed)}`"
        elif typed.choices:
            remedy = (
                f'compare it with one of its choices, as in `{self.quote(typed)} == "{typed.choices[0]}"`'
            )
        self.refuse(FaultCode.NOT_TRUTH, syntax, message, remedy)
        return None

    def typed(self, syntax: Syntax) -> TypedPart | None:
        """Return any part with its kind."""
        match syntax.form:
            case "group":
                return self.typed(syntax.bare)
            case "symbol":
                return self.word(syntax)
            case "boolean":
                return TypedPart(Constant(syntax.parts[0] == "true", span=syntax.span), Kind.TRUTH)
            case "float" | "string" | "datetime" | "timedelta":
                return self.literal(syntax)
            case "logic":
                return self.joined(syntax)
            case "negate":
                operand = self.truth(syntax.parts[1])
                return TypedPart(Not(operand, span=syntax.span), Kind.TRUTH) if operand else None
            case "comparison" | "arithmetic_comparison":
                return self.comparison(syntax)
            case "contains":
                return self.membership(syntax)
            case "ternary":
                return self.choice(syntax)
            case "add" | "sub":
                return self.sum(syntax)
            case "uminus":
                return self.negative(syntax)
            case _:
                return self.outside(syntax)

    def word(self, syntax: Syntax) -> TypedPart | None:
        name: str = syntax.parts[0]
        bare = name.strip("{}")
        known = self.words.get(name) if name == bare else self.parameters.get(bare)
        if known:
            return TypedPart(Fact(name, span=syntax.span), known.kind, known.choices)
        members = [word for word in self.words if word.startswith(f"{name}.")]
        owner = next((word for word in self.words if name.startswith(f"{word}.")), "")
        if name != bare and bare in self.words:
            message = f"`{bare}` is a fact, and facts are written without braces"
            return self.refuse(FaultCode.BRACES, syntax, message, f"write `{bare}`")
        if name in self.parameters:
            message = f"`{name}` is a parameter, and parameters are written in braces"
            fact = next((word for word in self.words if word.rpartition(".")[2] == name), "")
            remedy = f"write {{{name}}}" + (f", or `{fact}` for the fact" if fact else "")
            return self.refuse(FaultCode.BRACES, syntax, message, remedy)
        if owner:
            message = f"nothing can be asked of a fact but its value, as `{name[len(owner) :]}` does"
            return self.refuse(FaultCode.CONSTRUCT, syntax, message, f"compare `{owner}` itself")
        if members:
            message = f"`{name}` is a group of facts"
            return self.refuse(
                FaultCode.UNKNOWN_WORD, syntax, message, f"name one of them, such as `{members[0]}`"
            )
        if name != bare:
            close = suggestion(name, (f"{{{parameter}}}" for parameter in self.parameters))
            remedy = close or "name a parameter of the policy"
            return self.refuse(FaultCode.UNKNOWN_WORD, syntax, f"unknown parameter `{name}`", remedy)
        if not name.startswith("$"):
            remedy = suggestion(name, self.words) or "name a fact, or put a text in quotes"
            self.refuse(FaultCode.UNKNOWN_WORD, syntax, f"unknown word `{name}`", remedy)
        return None

    def literal(self, syntax: Syntax) -> TypedPart | None:
        read, kind, remedy = LITERALS[syntax.form]
        value = read(syntax.parts[0])
        if value is None:
            message = f"`{self.quote(syntax)}` cannot be read as {name_of(kind)}"
            return self.refuse(FaultCode.LITERAL, syntax, message, remedy)
        return TypedPart(Constant(value, span=syntax.span), kind)

    def negative(self, syntax: Syntax) -> TypedPart | None:
        typed = self.typed(syntax.parts[1])
        if typed and isinstance(typed.constant, int | Decimal) and typed.kind is Kind.NUMBER:
            return TypedPart(Constant(-typed.constant, span=syntax.span), Kind.NUMBER)
        if typed:
            message = "a minus sign alone stands only before a written number"
            self.refuse(FaultCode.ARITHMETIC, syntax, message, f"write `0 - {self.quote(typed)}`")
        return None

    def joined(self, syntax: Syntax) -> TypedPart | None:
        connective: str = syntax.parts[1]
        nodes = list(syntax.parts_of(connective))
        lone = [node for node in nodes if node.is_literal]
        test = next((node.bare for node in nodes if _tests_literal(node.bare)), None)
        if lone and test:
            values = ", ".join(self.quote(node.bare) for node in (test.parts[2], *lone))
            membership = "in" if test.parts[1] == "==" else "not in"
            remedy = f"write {self.quote(test.parts[0])} {membership} [{values}]"
            message = f"after `{connective}` stands a value, not a condition of its own"
            self.refuse(FaultCode.ALTERNATIVE, lone[0], message, remedy)
        parts = [self.truth(node) for node in nodes if not test or not node.is_literal]
        whole = tuple(part for part in parts if part)
        if len(whole) < len(nodes):
            return None
        return TypedPart((And if connective == "and" else Or)(whole, span=syntax.span), Kind.TRUTH)

    def comparison(self, syntax: Syntax) -> TypedPart | None:
        left, operator, right = syntax.parts
        if left.form in _COMPARISONS or right.form in _COMPARISONS:
            return self.chained(syntax)
        if "null" in (left.bare.form, right.bare.form):
            return self.knowledge(syntax)
        pair = self.side_by_side([left, right])
        agreed = self.agree(syntax, *pair)
        if not agreed:
            return None
        if operator not in ("==", "!=") and agreed.kind not in (Kind.NUMBER, Kind.DATE):
            message = (
                f"`{operator}` needs numbers or dates, and `{self.quote(agreed)}` is {name_of(agreed.kind)}"
            )
            return self.refuse(FaultCode.NO_ORDER, syntax, message, "use == or !=, or `in` with a list")
        sides = [side.expression for side in pair if side]
        return TypedPart(Compare(Comparator(operator), *sides, span=syntax.span), Kind.TRUTH)

    def chained(self, syntax: Syntax) -> TypedPart | None:
        remedy = "write two comparisons joined by `and`, or put one into round brackets"
        return self.refuse(FaultCode.CHAIN, syntax, "comparisons cannot be chained", remedy)

    def knowledge(self, syntax: Syntax) -> TypedPart | None:
        left, operator, right = syntax.parts
        typed = self.typed(right if left.bare.form == "null" else left)
        if typed and isinstance(typed.expression, Fact) and operator in ("==", "!="):
            known = Known(typed.expression.name, span=syntax.span)
            return TypedPart(Not(known, span=syntax.span) if operator == "==" else known, Kind.TRUTH)
        if typed:
            remedy = "ask of a single fact whether it is known, as in `mission.country != null`"
            self.refuse(FaultCode.NULL, syntax, "only a single fact can be known or not known", remedy)
        return None

    def membership(self, syntax: Syntax) -> TypedPart | None:
        member, container = syntax.parts[0], syntax.parts[-1]
        if member.form in _COMPARISONS:
            return self.chained(syntax)
        if container.form != "array" or len(container.parts) == 2:
            self.typed(member)
            value = f"[{self.quote(container.bare)}]" if container.is_literal else '["a", "b"]'
            remedy = f"write the values in square brackets, as in `{self.quote(member)} in {value}`"
            return self.refuse(FaultCode.LIST, container, "`in` needs a list of one value or more", remedy)
        operand, *members = self.side_by_side([member, *container.parts[1]])
        for typed in members:
            if typed and typed.constant is None:
                message = f"`{self.quote(typed)}` in a list is not a written value"
                remedy = f"write `{self.quote(member)} == {self.quote(typed)}`, joined to the rest by `or`"
                self.refuse(FaultCode.LIST, typed, message, remedy)
        agreed = [
            self.agree(container, operand, typed) for typed in members if typed and typed.constant is not None
        ]
        if not operand or len(agreed) < len(members) or not all(agreed):
            return None
        values = tuple(typed.constant for typed in members if typed)
        found = OneOf(operand.expression, values, span=syntax.span)
        return TypedPart(Not(found, span=syntax.span) if len(syntax.parts) == 4 else found, Kind.TRUTH)

    def choice(self, syntax: Syntax) -> TypedPart | None:
        test = self.truth(syntax.parts[0])
        yes, no = self.side_by_side([syntax.parts[2], syntax.parts[4]])
        agreed = self.agree(syntax, yes, no)
        if not test or not yes or not no or not agreed:
            return None
        return TypedPart(
            Choose(test, yes.expression, no.expression, span=syntax.span), agreed.kind, agreed.choices
        )

    def sum(self, syntax: Syntax) -> TypedPart | None:
        if _BARE_DATE.fullmatch(written := self.quote(syntax)):
            message = f"`{written}` is a sum of numbers here, not a date"
            return self.refuse(FaultCode.LITERAL, syntax, message, f'write d"{written}"')
        left, right = self.typed(syntax.parts[0]), self.typed(syntax.parts[2])
        if not left or not right:
            return None
        if (left.kind, right.kind) in ((Kind.NUMBER, Kind.NUMBER), (Kind.DATE, "duration")):
            sign = Sign(syntax.parts[1])
            return TypedPart(Sum(sign, left.expression, right.expression, span=syntax.span), left.kind)
        remedy = "add numbers to numbers, and durations to dates, the date first"
        if left.kind is Kind.DATE and right.kind is Kind.NUMBER:
            remedy = f'write the days as a duration, such as `{self.quote(left)} {syntax.parts[1]} t"P30D"`'
        elif left.kind is Kind.DATE and right.kind is Kind.DATE:
            remedy = f'compare the two dates, as in `{self.quote(left)} <= {self.quote(right)} + t"P30D"`'
        message = f"{name_of(right.kind)} cannot be added to or taken from {name_of(left.kind)}"
        return self.refuse(FaultCode.ARITHMETIC, syntax, message, remedy)

    def side_by_side(self, nodes: Sequence[Syntax]) -> list[TypedPart | None]:
        """Return parts that stand side by side; a plain word beside a text or a choice lacks its quotes."""
        unquoted = [node.bare.form == "symbol" and self.is_strange(node.bare.parts[0]) for node in nodes]
        typed = [None if strange else self.typed(node) for node, strange in zip(nodes, unquoted, strict=True)]
        beside = next((part for part in typed if part and part.kind in (Kind.CHOICE, Kind.TEXT)), None)
        for node, strange in zip(nodes, unquoted, strict=True):
            if strange and beside:
                name = node.bare.parts[0]
                close = suggestion(name, beside.choices) if name not in beside.choices else ""
                remedy = f'put it in quotes: "{name}"' + (f"; {close}" if close else "")
                self.refuse(FaultCode.UNQUOTED, node, f"`{name}` is not a fact", remedy)
            elif strange:
                self.typed(node)
        return typed

    def is_strange(self, name: str) -> bool:
        """Return whether a name is a plain word that is neither fact nor parameter."""
        return name.isidentifier() and name not in self.words and name not in self.parameters

    def outside(self, syntax: Syntax) -> TypedPart | None:
        """Refuse a form outside the language; where its sign was refused before, only search its sides."""
        if syntax.form in SIGNED:
            for side in (syntax.parts[0], syntax.parts[2]):
                self.typed(side)
        elif syntax.form in REFUSED and not self.quote(syntax).startswith("$"):
            code, message, remedy = REFUSED[syntax.form]
            self.refuse(code, syntax, message, remedy)
        return None


def _tests_literal(node: Syntax) -> bool:
    return node.form == "comparison" and node.parts[2].is_literal
