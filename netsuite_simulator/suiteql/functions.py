"""SuiteQL's functions: each takes typed values and gives one."""

# ruff: noqa: S608 - names come from the schema, values are bound or quoted

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from netsuite_simulator.schema import SCALE, TABLES, display_name
from netsuite_simulator.suiteql.errors import unsupported
from netsuite_simulator.suiteql.oracle_formats import date_writer, has_time, read_date
from netsuite_simulator.suiteql.values import NULL, Bindings, Run, Value, common_kind, quoted

Function = Callable[[Bindings, list[Value]], Value]


def _model(values: list[Value]) -> str | None:
    """Return the format model, a literal second argument."""
    if len(values) < 2:
        return None
    value = values[1]
    if value.kind != "text" or value.constant is None or not value.sql.startswith("'"):
        raise unsupported()
    return value.sql[1:-1].replace("''", "'")


def to_char(c: Bindings, values: list[Value]) -> Value:
    """Compile TO_CHAR of a number, a date or a time."""
    value, model = values[0], _model(values)
    source = value.constant
    if model is None:
        return Value(c.sql(value, "text"), "text")
    writer = date_writer(model) if not value.numeric else None
    if value.kind == "moment" and source is not None and writer is not None:
        moment, write = source, writer

        def written(run: Run) -> str | None:
            local = moment(run)
            return None if local is None else write(local)

        return Value(c.add(written), "text", constant=written)
    if value.kind == "datetime":
        late = (value.sql, model)
        sql = f"ns_char_time({value.sql}, {quoted(model)}, {c.zone()})"
        return Value(sql, "text", late=late, aggregate=value.aggregate)
    if value.kind == "date":
        return Value(f"ns_char_date({value.sql}, {quoted(model)})", "text")
    if value.numeric:
        return Value(f"ns_char_number({c.sql(value, 'dec')}, {quoted(model)})", "text")
    raise unsupported()


def to_date(c: Bindings, values: list[Value]) -> Value:
    """Compile TO_DATE and TO_TIMESTAMP; constants become moments of the session."""
    value, model = values[0], _model(values)
    source = value.constant
    if value.kind in ("date", "datetime", "moment", "null"):
        return value
    if source is not None and value.kind in ("text", "param"):
        text = source

        def moment(run: Run) -> datetime | None:
            written = text(run)
            if not written:
                return None
            return read_date(str(written), model or run.date_format).replace(microsecond=0)

        return Value("", "moment", constant=moment)
    if value.kind != "text" or model is None:
        raise unsupported()
    if not has_time(model):
        local = f"ns_read_time({value.sql}, {quoted(model)}, 'UTC')"
        return Value(f"substr({local}, 1, 10)", "date")
    return Value(f"ns_read_time({value.sql}, {quoted(model)}, {c.zone()})", "datetime")


def _combine(c: Bindings, values: list[Value], pattern: Callable[[list[str]], str]) -> Value:
    kind = common_kind(values)
    parts = [c.sql(value, kind) for value in values]
    return Value(pattern(parts), kind, aggregate=any(v.aggregate for v in values))


def coalesce(c: Bindings, values: list[Value]) -> Value:
    """Compile NVL and COALESCE."""
    return _combine(c, values, lambda parts: f"coalesce({', '.join(parts)})")


def _nvl2(c: Bindings, values: list[Value]) -> Value:
    test, *others = values
    condition = f"{c.sql(test, test.kind)} IS NOT NULL"
    return _combine(
        c, others, lambda parts: f"CASE WHEN {condition} THEN {parts[0]} ELSE {parts[1]} END"
    )


def _decode(c: Bindings, values: list[Value]) -> Value:
    test, *rest = values
    pairs = list(zip(rest[::2], rest[1::2], strict=False))
    default = rest[-1] if len(rest) % 2 else NULL
    results = [result for _, result in pairs] + [default]
    kind = common_kind(results)
    compared = common_kind([test, *(search for search, _ in pairs)])
    cases = " ".join(
        f"WHEN {c.sql(test, compared)} IS {c.sql(search, compared)} THEN {c.sql(result, kind)}"
        for search, result in pairs
    )
    aggregate = any(value.aggregate for value in values)
    return Value(f"CASE {cases} ELSE {c.sql(default, kind)} END", kind, aggregate=aggregate)


def _nullif(c: Bindings, values: list[Value]) -> Value:
    return _combine(c, values, lambda parts: f"nullif({parts[0]}, {parts[1]})")


def _most(name: str) -> Function:
    return lambda c, values: _combine(c, values, lambda parts: f"{name}({', '.join(parts)})")


def _text(name: str) -> Function:
    """Make a function of texts; empty results are null, as in Oracle."""

    def compiled(c: Bindings, values: list[Value]) -> Value:
        parts = ", ".join(c.sql(value, "text") for value in values)
        aggregate = any(value.aggregate for value in values)
        return Value(f"nullif({name}({parts}), '')", "text", aggregate=aggregate)

    return compiled


def _concat(c: Bindings, values: list[Value]) -> Value:
    parts = [f"coalesce({c.sql(value, 'text')}, '')" for value in values]
    return Value(f"nullif({' || '.join(parts)}, '')", "text")


def _substr(c: Bindings, values: list[Value]) -> Value:
    places = "".join(f", {c.sql(value, 'int')}" for value in values[1:])
    return Value(f"nullif(substr({c.sql(values[0], 'text')}{places}), '')", "text")


def _length(c: Bindings, values: list[Value]) -> Value:
    return Value(f"length({c.sql(values[0], 'text')})", "int")


def _instr(c: Bindings, values: list[Value]) -> Value:
    return Value(f"instr({c.sql(values[0], 'text')}, {c.sql(values[1], 'text')})", "int")


def _abs(c: Bindings, values: list[Value]) -> Value:
    return _keep(values[0], f"abs({values[0].sql})")


def _keep(value: Value, sql: str) -> Value:
    if not value.numeric:
        raise unsupported()
    return Value(sql, value.kind, aggregate=value.aggregate)


def _round(name: str) -> Function:
    def compiled(c: Bindings, values: list[Value]) -> Value:
        value = values[0]
        if name == "ns_cut" and value.kind in ("date", "datetime", "moment"):
            return _truncate(c, values)
        digits = values[1].sql if len(values) > 1 else "0"
        return Value(f"{name}({c.sql(value, 'dec')}, {digits})", "dec", aggregate=value.aggregate)

    return compiled


def _truncate(c: Bindings, values: list[Value]) -> Value:
    value, unit = values[0], (_model(values) or "DD").upper()
    if value.kind == "date":
        return Value(f"ns_truncate({value.sql}, {quoted(unit)}, '')", "date")
    sql = c.sql(value, "datetime")
    return Value(f"ns_truncate({sql}, {quoted(unit)}, {c.zone()})", "datetime")


def _add_months(c: Bindings, values: list[Value]) -> Value:
    kind = "date" if values[0].kind == "date" else "datetime"
    months = c.sql(values[1], "int")
    return Value(f"ns_add_months({c.sql(values[0], kind)}, {months})", kind)


def _to_number(c: Bindings, values: list[Value]) -> Value:
    return Value(c.sql(values[0], "dec"), "dec", aggregate=values[0].aggregate)


def _mod(c: Bindings, values: list[Value]) -> Value:
    return _combine(c, values, lambda parts: f"({parts[0]} % {parts[1]})")


def _aggregate(name: str) -> Function:
    def compiled(c: Bindings, values: list[Value]) -> Value:
        value = values[0]
        if name == "SUM" and not value.numeric:
            value = Value(c.sql(value, "dec"), "dec")
        sql = c.sql(value, "datetime") if value.kind == "moment" else value.sql
        return Value(f"{name}({sql})", value.kind, value.target, aggregate=True)

    return compiled


def _average(c: Bindings, values: list[Value]) -> Value:
    value = c.sql(values[0], "dec")
    return Value(f"ns_divide(SUM({value}), COUNT({value}) * {SCALE})", "dec", aggregate=True)


def _listagg(c: Bindings, values: list[Value]) -> Value:
    separator = values[1].sql if len(values) > 1 else "''"
    return Value(f"group_concat({c.sql(values[0], 'text')}, {separator})", "text", aggregate=True)


def display(c: Bindings, values: list[Value], full_status: bool) -> Value:
    """Compile BUILTIN.DF: the text that a person sees for a value."""
    value = values[0]
    kind, _, target = value.target.partition(":")
    if kind == "ref" and target in TABLES:
        key = (TABLES[target].key or ("id",))[0]
        name = display_name(target, "shown")
        sql = f'(SELECT {name} FROM "{target}" AS shown WHERE shown."{key}" = {value.sql})'
        return Value(sql, "text", aggregate=value.aggregate)
    if kind == "multi":
        sql = (
            f"(SELECT group_concat(shown.name, ', ') FROM \"{target}\" AS shown"
            f" WHERE ', ' || {value.sql} || ',' LIKE '%, ' || shown.id || ',%')"
        )
        return Value(sql, "text")
    if target == "transactionstatus":
        type_column = f'"{value.owner}"."type"'
        name = f"ns_enum('transactionstatus', {value.sql}, {type_column})"
        if full_status:
            name = f"(ns_enum('transactiontype', {type_column}, NULL) || ' : ' || {name})"
        return Value(name, "text")
    if kind == "enum":
        return Value(f"ns_enum({quoted(target)}, {value.sql}, NULL)", "text")
    if value.kind == "bool":
        return Value(f"ns_enum('yesno', {value.sql}, NULL)", "text")
    return Value(c.sql(value, "text"), "text")


def criteria(c: Bindings, values: list[Value]) -> Value:
    """Compile BUILTIN.CF: the value that a search criterion takes (`CustInvc:A` for a status)."""
    value = values[0]
    if value.target == "enum:transactionstatus":
        return Value(f"""("{value.owner}"."type" || ':' || {value.sql})""", "text")
    return Value(c.sql(value, "text"), "text")


# The fewest arguments of functions that want more than one.
LEAST_ARGUMENTS = {
    "NVL": 2, "COALESCE": 2, "NVL2": 3, "DECODE": 3, "NULLIF": 2, "GREATEST": 2, "LEAST": 2,
    "REPLACE": 2, "CONCAT": 2, "SUBSTR": 2, "INSTR": 2, "ADD_MONTHS": 2, "MOD": 2,
}  # fmt: skip
AGGREGATES = ("SUM", "COUNT", "MIN", "MAX", "AVG", "LISTAGG")
FUNCTIONS: dict[str, Function] = {
    "TO_CHAR": to_char, "TO_DATE": to_date, "TO_TIMESTAMP": to_date, "TO_NUMBER": _to_number,
    "NVL": coalesce, "COALESCE": coalesce, "NVL2": _nvl2, "DECODE": _decode, "NULLIF": _nullif,
    "GREATEST": _most("max"), "LEAST": _most("min"), "UPPER": _text("upper"),
    "LOWER": _text("lower"), "TRIM": _text("trim"), "LTRIM": _text("ltrim"),
    "RTRIM": _text("rtrim"), "REPLACE": _text("replace"), "CONCAT": _concat,
    "SUBSTR": _substr, "LENGTH": _length, "INSTR": _instr, "ABS": _abs,
    "ROUND": _round("ns_round"), "TRUNC": _round("ns_cut"), "ADD_MONTHS": _add_months,
    "MOD": _mod, "SUM": _aggregate("SUM"), "MIN": _aggregate("MIN"), "MAX": _aggregate("MAX"),
    "AVG": _average, "LISTAGG": _listagg,
}  # fmt: skip


def literal(text: str, is_string: bool) -> Value:
    """Return the value of a literal; an empty text is null, as in Oracle."""
    if is_string:
        return Value(quoted(text), "text", constant=lambda run: text) if text else NULL
    number = Decimal(text)
    if number == number.to_integral_value() and "." not in text:
        whole = int(number)
        return Value(str(whole), "int", constant=lambda run: whole)
    units = int(number * SCALE)
    return Value(str(units), "dec", constant=_always(units))


def _always(value: Any) -> Callable[[Run], Any]:
    return lambda run: value
