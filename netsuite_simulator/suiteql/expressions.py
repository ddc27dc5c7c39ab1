"""Compile SuiteQL expressions and conditions into SQLite's SQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlglot import exp

from netsuite_simulator.schema import SCALE
from netsuite_simulator.suiteql.errors import unsupported
from netsuite_simulator.suiteql.functions import (
    AGGREGATES,
    FUNCTIONS,
    LEAST_ARGUMENTS,
    criteria,
    display,
    literal,
    to_char,
)
from netsuite_simulator.suiteql.keyset import implied_bounds
from netsuite_simulator.suiteql.scope import Scope
from netsuite_simulator.suiteql.values import NULL, Bindings, Run, Value, common_kind

MAX_IN_ITEMS = 1000
_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
}  # fmt: skip
# Stands before a column of few values that SQLite should not look up by index: for a sorted page
# it would read and sort all rows of all listed types. Becomes a unary plus (see service.py).
NO_INDEX = "/*+*/"
_WINDOWS = ("ROW_NUMBER", "RANK", "DENSE_RANK")
# The kind of a subquery's one column is known only to the SELECT compiler.
SubqueryCompiler = Callable[[exp.Query, Scope], tuple[str, Value]]


class Expressions:
    """Compiles the expressions of one SELECT.

    :param bindings: the parameters of the whole query.
    :param scope: the sources of this SELECT.
    :param subquery: compiles a nested query with one column.
    :param full_status: BUILTIN.DF of a status names the type too.
    """

    def __init__(
        self, bindings: Bindings, scope: Scope, subquery: SubqueryCompiler, full_status: bool
    ) -> None:
        self.bindings = bindings
        self.scope = scope
        self._subquery = subquery
        self._full_status = full_status

    # === Values === #

    def value(self, node: exp.Expr) -> Value:
        """Compile an expression that has a value.

        :raise QueryError: for whatever SuiteQL does not know.
        """
        handler = _VALUES.get(type(node))
        if handler is None:
            raise unsupported()
        value: Value = handler(self, node)
        return value

    def sql(self, node: exp.Expr) -> str:
        """Compile an expression into SQL of its own kind; moments become times, `?` texts."""
        value = self.value(node)
        return self.realised(value).sql

    def realised(self, value: Value) -> Value:
        """Return a value that has SQL text: constants without any are bound."""
        if value.kind == "moment":
            return Value(self.bindings.sql(value, "datetime"), "datetime")
        if value.kind == "param":
            return Value(self.bindings.sql(value, "text"), "text")
        return value

    def _literal(self, node: exp.Expr) -> Value:
        return literal(node.name, bool(node.args.get("is_string")))

    def _placeholder(self, node: exp.Expr) -> Value:
        match = re.fullmatch(r"p(\d+)", node.name)
        if match is None:
            raise unsupported()
        number = int(match[1])

        def given(run: Run) -> str | None:
            if number >= len(run.params):
                raise unsupported()
            return run.params[number]

        return Value("", "param", constant=given)

    def _column(self, node: exp.Expr) -> Value:
        name = node.name.upper()
        if not node.text("table") and name == "SESSIONTIMEZONE":
            return Value(self.bindings.zone(), "text")
        if not node.text("table") and name == "ROWNUM":
            return Value("row_number() OVER ()", "int")
        if not isinstance(node, exp.Column):
            raise unsupported()
        return self.scope.column(node)

    def _paren(self, node: exp.Expr) -> Value:
        inner = self.value(node.this)
        return replace(inner, sql=f"({inner.sql})") if inner.sql else inner

    def _negative(self, node: exp.Expr) -> Value:
        inner = self.value(node.this)
        if not inner.numeric:
            raise unsupported()
        if inner.constant is not None:
            return literal("-" + node.this.name, is_string=False)
        return replace(inner.plain(), sql=f"(-{inner.sql})")

    def _sysdate(self, node: exp.Expr) -> Value:
        if isinstance(node, exp.CurrentTimestamp) and node.args.get("sysdate"):
            return Value("", "moment", constant=lambda run: run.sysdate)
        return Value("", "moment", constant=lambda run: run.now)

    def _concatenate(self, node: exp.Expr) -> Value:
        parts = [self.value(side) for side in (node.this, node.expression)]
        texts = [f"coalesce({self.bindings.sql(part, 'text')}, '')" for part in parts]
        aggregate = any(part.aggregate for part in parts)
        return Value(f"nullif({' || '.join(texts)}, '')", "text", aggregate=aggregate)

    def _arithmetic(self, node: exp.Expr) -> Value:
        left, right = self.value(node.this), self.value(node.expression)
        if {left.kind, right.kind} & {"date", "datetime", "moment"}:
            return self._date_arithmetic(node, left, right)
        aggregate = left.aggregate or right.aggregate
        c = self.bindings
        if isinstance(node, exp.Div):
            sql = f"ns_divide({c.sql(left, 'dec')}, {c.sql(right, 'dec')})"
            return Value(sql, "dec", aggregate=aggregate)
        kind = common_kind([left, right])
        kind = "dec" if kind == "text" else kind
        a, b = c.sql(left, kind), c.sql(right, kind)
        if isinstance(node, exp.Mul):
            sql = f"({a} * {b})" if kind == "int" else f"ns_multiply({a}, {b})"
        else:
            sql = f"({a} {'+' if isinstance(node, exp.Add) else '-'} {b})"
        return Value(sql, kind, aggregate=aggregate)

    def _date_arithmetic(self, node: exp.Expr, left: Value, right: Value) -> Value:
        signs: dict[type[exp.Expr], int] = {exp.Add: 1, exp.Sub: -1}
        sign = signs.get(type(node))
        c = self.bindings
        if sign is None:
            raise unsupported()
        if not right.numeric and not left.numeric:
            a, b = c.sql(left, "datetime"), c.sql(right, "datetime")
            return Value(f"ns_days_between({a}, {b})", "dec")
        if left.numeric:
            left, right = right, left
        start, step = left.constant, right.constant
        if left.kind == "moment" and start is not None and step is not None:
            divisor = SCALE if right.kind == "dec" else 1
            return Value("", "moment", constant=_moved(start, step, sign, divisor))
        kind = "date" if left.kind == "date" else "datetime"
        days = c.sql(right, "dec")
        return Value(f"ns_add_days({c.sql(left, kind)}, {sign} * {days})", kind)

    def _case(self, node: exp.Expr) -> Value:
        operand = node.args.get("this")
        branches = node.args["ifs"]
        results = [self.value(branch.args["true"]) for branch in branches]
        default = self.value(node.args["default"]) if node.args.get("default") else NULL
        kind = common_kind([*results, default])
        parts = []
        for branch, result in zip(branches, results, strict=True):
            condition = (
                self.compare(self.value(operand), "=", self.value(branch.this))
                if operand is not None
                else self.condition(branch.this)
            )
            parts.append(f"WHEN {condition} THEN {self.bindings.sql(result, kind)}")
        aggregate = any(value.aggregate for value in [*results, default]) or any(
            self._has_aggregate(branch.this) for branch in branches
        )
        sql = f"CASE {' '.join(parts)} ELSE {self.bindings.sql(default, kind)} END"
        return Value(sql, kind, aggregate=aggregate)

    def _has_aggregate(self, node: exp.Expr) -> bool:
        calls = node.find_all(exp.Anonymous)
        return any(call.name.upper() in AGGREGATES for call in calls)

    def _cast(self, node: exp.Expr) -> Value:
        value, wanted = self.value(node.this), node.args["to"].this
        if wanted in (exp.DType.INT, exp.DType.BIGINT):
            cut = f"ns_cut({self.bindings.sql(value, 'dec')}, 0)"
            return Value(f"({cut} / {SCALE})", "int", aggregate=value.aggregate)
        if wanted in (exp.DType.DECIMAL, exp.DType.DOUBLE, exp.DType.FLOAT):
            return Value(self.bindings.sql(value, "dec"), "dec", aggregate=value.aggregate)
        if wanted in exp.DataType.TEXT_TYPES:
            return Value(self.bindings.sql(value, "text"), "text", aggregate=value.aggregate)
        raise unsupported()

    def _trim(self, node: exp.Expr) -> Value:
        if node.args.get("expression") or node.args.get("position"):
            raise unsupported()
        return FUNCTIONS["TRIM"](self.bindings, [self.value(node.this)])

    def _extract(self, node: exp.Expr) -> Value:
        model = {"YEAR": "YYYY", "MONTH": "MM", "DAY": "DD"}.get(node.name.upper())
        if model is None:
            raise unsupported()
        part = to_char(self.bindings, [self.value(node.expression), literal(model, is_string=True)])
        return Value(f"CAST({part.sql} AS INTEGER)", "int", aggregate=part.aggregate)

    def _builtin(self, node: exp.Expr) -> Value:
        call = node.expression
        if node.this.name.upper() != "BUILTIN" or not isinstance(call, exp.Anonymous):
            raise unsupported()
        values = [self.value(argument) for argument in call.expressions]
        if call.name.upper() == "DF" and len(values) == 1:
            return display(self.bindings, values, self._full_status)
        if call.name.upper() == "CF" and len(values) == 1:
            return criteria(self.bindings, values)
        raise unsupported()

    def _call(self, node: exp.Expr) -> Value:
        name = node.name.upper()
        if name == "COUNT":
            return self._count(node)
        function = FUNCTIONS.get(name)
        if function is None or len(node.expressions) < LEAST_ARGUMENTS.get(name, 1):
            raise unsupported()
        return function(self.bindings, [self.value(part) for part in node.expressions])

    def _count(self, node: exp.Expr) -> Value:
        (argument,) = node.expressions or [exp.Star()]
        if isinstance(argument, exp.Star):
            return Value("COUNT(*)", "int", aggregate=True)
        if isinstance(argument, exp.Distinct):
            return Value(
                f"COUNT(DISTINCT {self.sql(argument.expressions[0])})", "int", aggregate=True
            )
        return Value(f"COUNT({self.sql(argument)})", "int", aggregate=True)

    def _window(self, node: exp.Expr) -> Value:
        call = node.this
        if not isinstance(call, exp.Anonymous) or node.args.get("spec"):
            raise unsupported()
        if call.name.upper() in _WINDOWS:
            inner = Value(f"{call.name.lower()}()", "int")
        elif call.name.upper() in AGGREGATES:
            inner = self.value(call)
        else:
            raise unsupported()
        parts = []
        if node.args.get("partition_by"):
            parts.append("PARTITION BY " + ", ".join(map(self.sql, node.args["partition_by"])))
        if node.args.get("order"):
            terms = node.args["order"].expressions
            parts.append(
                "ORDER BY "
                + ", ".join(
                    self.sql(t.this) + (" DESC" if t.args.get("desc") else "") for t in terms
                )
            )
        return Value(f"{inner.sql} OVER ({' '.join(parts)})", inner.kind)

    def _scalar(self, node: exp.Expr) -> Value:
        sql, value = self._subquery(node.this, self.scope)
        return Value(f"({sql})", value.kind, value.target)

    # === Conditions === #

    def condition(self, node: exp.Expr) -> str:
        """Compile an expression that is true or false."""
        handler = _CONDITIONS.get(type(node))
        if handler is None:
            raise unsupported()
        sql: str = handler(self, node)
        return sql

    def compare(self, left: Value, operator: str, right: Value) -> str:
        """Compile a comparison, converting both sides into their common kind."""
        kind = common_kind([left, right])
        return f"{self.bindings.sql(left, kind)} {operator} {self.bindings.sql(right, kind)}"

    def _comparison(self, node: exp.Expr) -> str:
        operator = _COMPARISONS[type(node)]
        return self.compare(self.value(node.this), operator, self.value(node.expression))

    def _and(self, node: exp.Expr) -> str:
        return f"{self.condition(node.this)} AND {self.condition(node.expression)}"

    def _or(self, node: exp.Expr) -> str:
        sql = f"({self.condition(node.this)} OR {self.condition(node.expression)})"
        bounds = implied_bounds(self, node)
        # The implied range lets SQLite walk an index; IS TRUE keeps it from splitting the OR.
        return f"({' AND '.join(bounds)} AND ({sql} IS TRUE))" if bounds else sql

    def _not(self, node: exp.Expr) -> str:
        return f"NOT ({self.condition(node.this)})"

    def _group(self, node: exp.Expr) -> str:
        return f"({self.condition(node.this)})"

    def _is(self, node: exp.Expr) -> str:
        if not isinstance(node.expression, exp.Null):
            raise unsupported()
        return f"{self.sql(node.this)} IS NULL"

    def _between(self, node: exp.Expr) -> str:
        value = self.value(node.this)
        low = self.compare(value, ">=", self.value(node.args["low"]))
        high = self.compare(value, "<=", self.value(node.args["high"]))
        return f"({low} AND {high})"

    def _in(self, node: exp.Expr) -> str:
        value = self.value(node.this)
        query = node.args.get("query")
        if query is not None:
            sql, column = self._subquery(query.this, self.scope)
            if common_kind([value, column]) != column.kind and column.kind != "null":
                raise unsupported()
            return f"{self.bindings.sql(value, column.kind)} IN ({sql})"
        items = [self.value(item) for item in node.expressions]
        if not items or len(items) > MAX_IN_ITEMS:
            raise unsupported()
        kind = common_kind([value, *items])
        if value.kind == "int" and kind != "int":
            raise unsupported()
        listed = ", ".join(self.bindings.sql(item, kind) for item in items)
        hint = NO_INDEX if len(items) > 1 and value.target.startswith("enum:") else ""
        return f"{hint}{self.bindings.sql(value, kind)} IN ({listed})"

    def _like(self, node: exp.Expr) -> str:
        pattern = self.value(node.expression)
        text = self.bindings.sql(self.value(node.this), "text")
        return f"{text} GLOB ns_glob({self.bindings.sql(pattern, 'text')})"

    def _exists(self, node: exp.Expr) -> str:
        sql, _ = self._subquery(node.this, self.scope)
        return f"EXISTS ({sql})"


def _moved(
    start: Callable[[Run], Any], step: Callable[[Run], Any], sign: int, divisor: int
) -> Callable[[Run], Any]:
    return lambda run: start(run) + timedelta(days=sign * step(run) / divisor)


Handler = Callable[[Expressions, exp.Expr], Any]
_VALUES: dict[type[exp.Expr], Handler] = {
    exp.Literal: Expressions._literal, exp.Placeholder: Expressions._placeholder,
    exp.Column: Expressions._column, exp.Null: lambda self, node: NULL,
    exp.Paren: Expressions._paren, exp.Neg: Expressions._negative,
    exp.CurrentTimestamp: Expressions._sysdate, exp.CurrentDate: Expressions._sysdate,
    exp.Systimestamp: Expressions._sysdate, exp.Localtimestamp: Expressions._sysdate,
    exp.DPipe: Expressions._concatenate, exp.Add: Expressions._arithmetic,
    exp.Sub: Expressions._arithmetic, exp.Mul: Expressions._arithmetic,
    exp.Div: Expressions._arithmetic, exp.Case: Expressions._case, exp.Cast: Expressions._cast,
    exp.Dot: Expressions._builtin, exp.Anonymous: Expressions._call,
    exp.Trim: Expressions._trim, exp.Extract: Expressions._extract,
    exp.Window: Expressions._window, exp.Subquery: Expressions._scalar,
}  # fmt: skip
_CONDITIONS: dict[type[exp.Expr], Handler] = {
    **dict.fromkeys(_COMPARISONS, Expressions._comparison),
    exp.And: Expressions._and, exp.Or: Expressions._or, exp.Not: Expressions._not,
    exp.Paren: Expressions._group, exp.Is: Expressions._is, exp.Between: Expressions._between,
    exp.In: Expressions._in, exp.Like: Expressions._like, exp.Exists: Expressions._exists,
}  # fmt: skip
