"""FROM and its joins: ANSI joins, comma joins and Oracle's (+), which may not be mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from netsuite_simulator.suiteql.errors import unsupported

if TYPE_CHECKING:
    from netsuite_simulator.suiteql.expressions import Expressions
    from netsuite_simulator.suiteql.scope import Source

_SIDES = {"": "JOIN", "INNER": "JOIN", "LEFT": "LEFT JOIN", "RIGHT": "RIGHT JOIN",
          "FULL": "FULL JOIN", "CROSS": "CROSS JOIN"}  # fmt: skip


def _is_comma(join: exp.Join) -> bool:
    return not (join.side or join.kind or join.args.get("on") or join.args.get("using"))


def outer_join_marks(
    conditions: list[exp.Expr], tables: list[exp.Expr], joins: list[exp.Join]
) -> tuple[list[exp.Expr], dict[str, list[exp.Expr]]]:
    """Split the conditions with (+) off a WHERE.

    :return: the other conditions, and per alias of a marked table its join conditions.
    :raise QueryError: when comma joins and ANSI joins are mixed.
    """
    if any(map(_is_comma, joins)) and not all(map(_is_comma, joins)):
        raise unsupported()
    rest: list[exp.Expr] = []
    marked: dict[str, list[exp.Expr]] = {}
    for condition in conditions:
        aliases = {
            column.table.lower()
            for column in condition.find_all(exp.Column)
            if column.args.get("join_mark")
        }
        if not aliases:
            rest.append(condition)
            continue
        first = tables[0].alias_or_name.lower() if tables else ""
        if len(aliases) > 1 or first in aliases or not all(map(_is_comma, joins)):
            raise unsupported()
        marked.setdefault(aliases.pop(), []).append(condition)
    return rest, marked


def join_clauses(
    sources: list[tuple[Source, str]],
    joins: list[exp.Join],
    marked: dict[str, list[exp.Expr]],
    expressions: Expressions,
) -> str:
    """Return the SQL of FROM with all joins, beginning with a space; empty without FROM."""
    if not sources:
        raise unsupported()
    parts = [f" FROM {sources[0][1]}"]
    for join, (source, sql) in zip(joins, sources[1:], strict=True):
        if join.args.get("using") or join.method:
            raise unsupported()
        if source.alias in marked:
            conditions = " AND ".join(map(expressions.condition, marked[source.alias]))
            parts.append(f" LEFT JOIN {sql} ON {conditions}")
            continue
        keyword = _SIDES.get(join.side or join.kind or "")
        if keyword is None:
            raise unsupported()
        on = join.args.get("on")
        parts.append(f" {keyword} {sql}" + (f" ON {expressions.condition(on)}" if on else ""))
    return "".join(parts)
