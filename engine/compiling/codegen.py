"""Conditions -> Python functions in three values.

The code of a function is a syntax tree built here, of a handful of forms, with names made here. No word of a policy
is ever part of it: facts and constants are in its namespace under numbers.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, assert_never

from engine.language.expressions import (
    And,
    Choose,
    Comparator,
    Compare,
    Constant,
    Expression,
    Fact,
    Facts,
    Known,
    Not,
    OneOf,
    Or,
    Sum,
    Truth,
)
from engine.language.values import add, same

Condition = Callable[[Facts], Truth]
"""A compiled condition: its value under the facts, parameters among them."""

_FACTS = "facts"


def compile_conditions(conditions: Sequence[Expression]) -> tuple[Condition, ...]:
    """Return a function for each condition; equal conditions share one. It answers as `evaluate` does."""
    if not conditions:
        return ()
    module = _Module()
    names = [module.function(condition) for condition in conditions]
    tree = ast.fix_missing_locations(ast.Module(body=module.body, type_ignores=[]))
    exec(compile(tree, "<conditions>", "exec"), module.namespace)
    return tuple(module.namespace[name] for name in names)


def _one_of(value: Any, members: tuple[Any, ...]) -> bool:
    return any(same(value, member) for member in members)


class _Module:
    """The functions written so far, and what their names stand for."""

    def __init__(self) -> None:
        self.body: list[ast.stmt] = []
        self.namespace: dict[str, Any] = {
            "__builtins__": {},
            "same": same,
            "add": add,
            "one_of": _one_of,
        }
        self._functions: dict[Expression, str] = {}
        self._names: dict[tuple[type, Any], str] = {}

    def function(self, condition: Expression) -> str:
        """Write the function of a condition, and return its name."""
        if condition not in self._functions:
            name = self._functions[condition] = f"condition_{len(self._functions)}"
            body = _Body(self)
            body.finish(condition)
            arguments = ast.arguments(
                posonlyargs=[], args=[ast.arg(_FACTS)], kwonlyargs=[], kw_defaults=[], defaults=[]
            )
            self.body.append(
                ast.FunctionDef(name=name, args=arguments, body=body.statements, decorator_list=[])
            )
        return self._functions[condition]

    def constant(self, value: Any) -> ast.expr:
        """A name that stands for the value."""
        # Equal numbers of different types, or a truth and a number, are distinguished.
        key = (type(value), str(value) if isinstance(value, tuple) else value)
        name = self._names.setdefault(key, f"k{len(self._names)}")
        self.namespace[name] = value
        return _name(name)


class _Body:
    """The statements of one function; every part of the condition is computed once, under a name of its own."""

    def __init__(self, module: _Module) -> None:
        self.statements: list[ast.stmt] = []
        self._module = module
        self._parts: dict[Expression, str] = {}

    def finish(self, condition: Expression) -> None:
        """Write the whole condition; a part of an `and` that is false ends the function."""
        if isinstance(condition, And):
            for part in condition.parts:
                settled = _is(self._value(part), False)
                self.statements.append(ast.If(settled, [ast.Return(ast.Constant(False))], []))
        self.statements.append(ast.Return(self._value(condition)))

    def _value(self, node: Expression) -> ast.expr:
        if isinstance(node, Constant):
            return self._module.constant(node.value)
        if node not in self._parts:
            value = self._written(node)
            name = f"v{len(self._parts)}"
            self._parts[node] = name
            self.statements.append(ast.Assign([ast.Name(name, ast.Store())], value))
        return _name(self._parts[node])

    def _written(self, node: Fact | Known | Not | And | Or | Compare | OneOf | Choose | Sum) -> ast.expr:
        match node:
            case Fact(name):
                return self._fact(name)
            case Known(name):
                return _if(_is(self._value(Fact(name)), None), ast.Constant(None), ast.Constant(True))
            case Not(operand):
                value = self._value(operand)
                return _unless_unknown([value], ast.UnaryOp(ast.Not(), value))
            case And(parts) | Or(parts):
                decisive = isinstance(node, Or)
                values = [self._value(part) for part in parts]
                settled = _any([_is(value, decisive) for value in values])
                return _if(
                    settled, ast.Constant(decisive), _unless_unknown(values, ast.Constant(not decisive))
                )
            case Compare(operator, left, right):
                sides = [self._value(left), self._value(right)]
                return _unless_unknown(sides, _compared(operator, *sides))
            case OneOf(operand, members):
                value = self._value(operand)
                return _unless_unknown([value], _call("one_of", value, self._module.constant(members)))
            case Choose(test, yes, no):
                tested, chosen, other = (self._value(part) for part in (test, yes, no))
                agreed = _unless_unknown(
                    [chosen, other], _if(_call("same", chosen, other), chosen, ast.Constant(None))
                )
                return _if(_is(tested, None), agreed, _if(tested, chosen, other))
            case Sum(sign, left, right):
                sides = [self._value(left), self._value(right)]
                return _unless_unknown(sides, _call("add", self._module.constant(sign), *sides))
            case _:
                assert_never(node)

    def _fact(self, name: str) -> ast.expr:
        get = ast.Attribute(_name(_FACTS), "get", ast.Load())
        return ast.Call(get, [self._module.constant(name)], [])


def _compared(operator: Comparator, left: ast.expr, right: ast.expr) -> ast.expr:
    match operator:
        case Comparator.EQUAL:
            return _call("same", left, right)
        case Comparator.UNEQUAL:
            return ast.UnaryOp(ast.Not(), _call("same", left, right))
        case Comparator.LESS:
            return ast.Compare(left, [ast.Lt()], [right])
        case Comparator.AT_MOST:
            return ast.Compare(left, [ast.LtE()], [right])
        case Comparator.MORE:
            return ast.Compare(left, [ast.Gt()], [right])
        case Comparator.AT_LEAST:
            return ast.Compare(left, [ast.GtE()], [right])
        case _:
            assert_never(operator)


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(_name(name), list(arguments), [])


def _is(value: ast.expr, constant: bool | None) -> ast.expr:
    return ast.Compare(value, [ast.Is()], [ast.Constant(constant)])


def _if(test: ast.expr, yes: ast.expr, no: ast.expr) -> ast.expr:
    return ast.IfExp(test, yes, no)


def _any(tests: list[ast.expr]) -> ast.expr:
    return ast.BoolOp(ast.Or(), tests) if len(tests) > 1 else tests[0]


def _unless_unknown(values: list[ast.expr], otherwise: ast.expr) -> ast.expr:
    return _if(_any([_is(value, None) for value in values]), ast.Constant(None), otherwise)


def substitute(condition: Expression, known: Facts) -> Expression:
    """Return the condition with the parameters that are known written out as constants."""
    match condition:
        case Fact(name):
            value = known.get(name)
            return condition if value is None else Constant(value)
        case Known(name):
            return condition if known.get(name) is None else Constant(True)
        case Constant():
            return condition
        case Not(operand):
            return Not(substitute(operand, known))
        case And(parts):
            return And(tuple(substitute(part, known) for part in parts))
        case Or(parts):
            return Or(tuple(substitute(part, known) for part in parts))
        case OneOf(operand, values):
            return OneOf(substitute(operand, known), values)
        case Compare(operator, left, right):
            return Compare(operator, substitute(left, known), substitute(right, known))
        case Choose(test, yes, no):
            return Choose(substitute(test, known), substitute(yes, known), substitute(no, known))
        case Sum(sign, left, right):
            return Sum(sign, substitute(left, known), substitute(right, known))
