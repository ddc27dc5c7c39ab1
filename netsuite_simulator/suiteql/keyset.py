"""Ranges that a keyset condition implies.

`a > x OR (a = x AND b > y)` can only hold where `a >= x`. Oracle's optimiser sees that; SQLite
does not, and would read the whole table for every page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from sqlglot import exp

from netsuite_simulator.suiteql.values import Bindings, Run, Value, short_text

_LOWER = (exp.GT, exp.GTE, exp.EQ)
_UPPER = (exp.LT, exp.LTE, exp.EQ)


class Compiler(Protocol):
    """What compiles the expressions of the SELECT that a condition stands in."""

    bindings: Bindings

    def value(self, node: exp.Expr) -> Value: ...


def implied_bounds(compiler: Compiler, node: exp.Expr) -> list[str]:
    """Return conditions that follow from an OR: at most one range per column."""
    branches = [list(_conjuncts(branch)) for branch in _branches(node)]
    bounds = []
    for column in _compared_columns(branches[0]):
        for operators, choose, symbol in ((_LOWER, min, ">="), (_UPPER, max, "<=")):
            values = [_constant(compiler, column, branch, operators) for branch in branches]
            found = [value for value in values if value is not None]
            if len(found) == len(branches):
                left = compiler.value(column)
                bounds.append(f"{left.sql} {symbol} {_extreme(compiler, left, found, choose)}")
    return bounds


def _branches(node: exp.Expr) -> Iterator[exp.Expr]:
    node = node.unnest()
    if isinstance(node, exp.Or):
        yield from _branches(node.this)
        yield from _branches(node.expression)
    else:
        yield node


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    node = node.unnest()
    if isinstance(node, exp.And):
        yield from _conjuncts(node.this)
        yield from _conjuncts(node.expression)
    else:
        yield node


def _compared_columns(conditions: list[exp.Expr]) -> list[exp.Column]:
    return [
        condition.this
        for condition in conditions
        if isinstance(condition, (exp.GT, exp.GTE, exp.LT, exp.LTE))
        and isinstance(condition.this, exp.Column)
    ]


def _constant(
    compiler: Compiler,
    column: exp.Column,
    conditions: list[exp.Expr],
    operators: tuple[type[exp.Expr], ...],
) -> Value | None:
    for condition in conditions:
        if isinstance(condition, operators) and condition.this == column:
            value = compiler.value(condition.expression)
            return value if value.constant is not None else None
    return None


def _extreme(compiler: Compiler, left: Value, found: list[Value], choose: Any) -> str:
    """Bind the least or greatest of some constants, in the form the column is stored in."""
    bindings: Bindings = compiler.bindings
    if left.kind not in ("date", "datetime"):
        sides = [bindings.sql(value, left.kind) for value in found]
        name = "min" if choose is min else "max"
        return f"{name}({', '.join(sides)})" if len(sides) > 1 else sides[0]
    sources = [source for source in map(bindings.moment, found) if source is not None]

    def bound(run: Run) -> str:
        texts = [
            run.zone.stored(moment) if left.kind == "datetime" else short_text(moment)
            for moment in (source(run) for source in sources)
            if moment is not None
        ]
        return str(choose(texts)) if texts else ""

    return bindings.add(bound)
