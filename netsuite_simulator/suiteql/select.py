"""Compile a whole SuiteQL query into one for SQLite."""

# ruff: noqa: S608 - names come from the schema, values are bound or quoted

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sqlglot import exp

from netsuite_simulator.schema import Table
from netsuite_simulator.suiteql.errors import unsupported
from netsuite_simulator.suiteql.expressions import Expressions
from netsuite_simulator.suiteql.joins import join_clauses, outer_join_marks
from netsuite_simulator.suiteql.scope import Scope, Source, is_filled, table_source
from netsuite_simulator.suiteql.values import Bindings, Value


@dataclass
class Selection:
    """One compiled query.

    `body` is SELECT … without ORDER BY and limit, its columns named c0, c1, …; `order` are its
    sort terms, `ties` the term that decides between equal rows (None: there are none), `limit`
    the most rows it gives.
    """

    body: str
    names: list[str]
    values: list[Value]
    order: list[str] = field(default_factory=list)
    ties: str | None = None
    limit: int | None = None

    def nested(self) -> str:
        """Return the query as it stands inside another one."""
        order = f" ORDER BY {', '.join(self.order)}" if self.order and self.limit else ""
        limit = f" LIMIT {self.limit}" if self.limit is not None else ""
        return f"{self.body}{order}{limit}"


class QueryCompiler:
    """Compiles queries for one state of the account's tables.

    :param tables: what this account shows.
    :param full_status: BUILTIN.DF of a status names the type too.
    """

    def __init__(self, tables: dict[str, Table], full_status: bool) -> None:
        self._tables = tables
        self._full_status = full_status
        self.bindings = Bindings()
        self._named: dict[str, exp.Query] = {}

    def compile(self, node: exp.Expr, outer: Scope | None = None) -> Selection:
        """Compile a SELECT or a set operation.

        :raise QueryError: for whatever NetSuite refuses.
        """
        with_ = node.args.get("with_")
        for table in with_.expressions if with_ is not None else []:
            self._named[table.alias.lower()] = table.this
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, outer)
        if isinstance(node, exp.Select):
            return self._select(node, outer)
        raise unsupported()

    def _subquery(self, node: exp.Query, scope: Scope) -> tuple[str, Value]:
        selection = self.compile(node, scope)
        return selection.nested(), selection.values[0]

    def _set_operation(self, node: exp.SetOperation, outer: Scope | None) -> Selection:
        left, right = self.compile(node.this, outer), self.compile(node.expression, outer)
        if len(left.values) != len(right.values):
            raise unsupported()
        operator = {exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}.get(type(node), "UNION")
        if operator == "UNION" and not node.args.get("distinct"):
            operator = "UNION ALL"
        sides = " ".join(
            (f"SELECT * FROM ({left.nested()})", operator, f"SELECT * FROM ({right.nested()})")
        )
        values = [
            Value(f'"c{number}"', value.kind, value.target)
            for number, value in enumerate(left.values)
        ]
        selection = Selection(f"SELECT * FROM ({sides})", left.names, values)
        source = Source("union", "union", dict(zip(left.names, values, strict=True)))
        scope = Scope({"union": source})
        expressions = Expressions(self.bindings, scope, self._subquery, self._full_status)
        selection.order = list(self._order(node, expressions, selection))
        selection.ties = self._output_ties(values)
        selection.limit = _fetched(node)
        return selection

    # === SELECT === #

    def _select(self, node: exp.Select, outer: Scope | None) -> Selection:
        scope = Scope(outer=outer)
        where = node.args.get("where")
        conditions = list(_flat(where.this)) if where is not None else []
        from_ = node.args.get("from_")
        tables = [from_.this] if from_ is not None else []
        joins = node.args.get("joins") or []
        conditions, marked = outer_join_marks(conditions, tables, joins)
        sources = [self._source(part, scope) for part in [*tables, *(j.this for j in joins)]]
        expressions = Expressions(self.bindings, scope, self._subquery, self._full_status)
        from_sql = join_clauses(sources, joins, marked, expressions)
        conditions, rownum = _row_limit(conditions)
        names, values = self._projection(node, expressions)
        grouped = self._groups(node, expressions, values)
        distinct = node.args.get("distinct") is not None
        plain = not (grouped or distinct)
        columns = [v.sql if not (plain and v.late and outer is None) else v.late[0] for v in values]
        tail = self._tail(node, expressions, conditions)
        listed = ", ".join(f"{sql} AS c{number}" for number, sql in enumerate(columns))
        body = f"SELECT {'DISTINCT ' if distinct else ''}{listed}{from_sql}{tail}"
        kept = values if plain and outer is None else [replace(v, late=None) for v in values]
        selection = Selection(body, names, kept, limit=_least(_fetched(node), rownum))
        selection.order = list(self._order(node, expressions, Selection(body, names, values)))
        if not _has_own_order(node, scope, rownum, grouped):
            selection.ties = self._ties(node, scope, values, plain)
        if rownum is not None and selection.order:
            return _limited_before_order(selection, listed, rownum, from_sql, tail, plain)
        return selection

    def _source(self, part: exp.Expr, scope: Scope) -> tuple[Source, str]:
        """Add one entry of FROM to the scope, and return it with its SQL."""
        if isinstance(part, exp.Subquery):
            return self._derived(part.this, part.alias.lower() or f"q{len(scope.sources)}", scope)
        if not isinstance(part, exp.Table):
            raise unsupported()
        named = self._named.get(part.name.lower())
        if named is not None:
            return self._derived(named, (part.alias or part.name).lower(), scope)
        source = table_source(part, self._tables)
        scope.add(source)
        if source.name == "dual":
            return source, f"(SELECT 'X' AS dummy) AS \"{source.alias}\""
        return source, f'"{source.name}" AS "{source.alias}"'

    def _derived(self, query: exp.Expr, alias: str, scope: Scope) -> tuple[Source, str]:
        selection = self.compile(query, scope.outer or Scope())
        columns = {
            name: Value(f'"{alias}"."c{number}"', value.kind, value.target)
            for number, (name, value) in enumerate(
                zip(selection.names, selection.values, strict=True)
            )
        }
        source = Source(alias, alias, columns)
        scope.add(source)
        order = f" ORDER BY {', '.join(selection.order)}" if selection.order else ""
        limit = f" LIMIT {selection.limit}" if selection.limit is not None else ""
        return source, f'({selection.body}{order}{limit}) AS "{alias}"'

    def _projection(
        self, node: exp.Select, expressions: Expressions
    ) -> tuple[list[str], list[Value]]:
        names: list[str] = []
        values: list[Value] = []
        unnamed = 0
        for item in node.expressions:
            if isinstance(item, exp.Star) or isinstance(item.this, exp.Star):
                qualifier = item.text("table").lower() if isinstance(item, exp.Column) else ""
                for name, value in expressions.scope.star(qualifier):
                    names.append(name)
                    values.append(value)
                continue
            inner = item.this if isinstance(item, exp.Alias) else item
            name = item.alias_or_name.lower() if isinstance(item, (exp.Alias, exp.Column)) else ""
            if not name:
                unnamed += 1
                name = f"expr{unnamed}"
            names.append(name)
            values.append(expressions.realised(expressions.value(inner)))
        return names, values

    def _groups(self, node: exp.Select, expressions: Expressions, values: list[Value]) -> bool:
        """Refuse columns neither grouped nor aggregated, and return whether this groups."""
        group = node.args.get("group")
        terms = [expressions.value(term).sql for term in group.expressions] if group else []
        grouped = bool(group) or any(value.aggregate for value in values)
        if grouped:
            for value in values:
                if value.owner and not value.aggregate and value.sql not in terms:
                    raise unsupported()
        return grouped

    def _tail(self, node: exp.Select, expressions: Expressions, conditions: list[exp.Expr]) -> str:
        """Compile WHERE, GROUP BY and HAVING."""
        parts = []
        if conditions:
            parts.append(" WHERE " + " AND ".join(map(expressions.condition, conditions)))
        group, having = node.args.get("group"), node.args.get("having")
        if group:
            parts.append(" GROUP BY " + ", ".join(map(expressions.sql, group.expressions)))
        if having:
            parts.append(" HAVING " + expressions.condition(having.this))
        return "".join(parts)

    def _order(
        self, node: exp.Expr, expressions: Expressions, selection: Selection
    ) -> Iterator[str]:
        order = node.args.get("order")
        for term in order.expressions if order is not None else []:
            value = self._order_value(term.this, expressions, selection)
            descending = bool(term.args.get("desc"))
            yield _sorted(value, descending, term.args.get("nulls_first"))

    def _order_value(self, node: exp.Expr, expressions: Expressions, selection: Selection) -> Value:
        if isinstance(node, exp.Literal) and not node.is_string:
            place = int(node.name)
            if not 1 <= place <= len(selection.values):
                raise unsupported()
            return selection.values[place - 1]
        if isinstance(node, exp.Column) and not node.table:
            name = node.name.lower()
            if name in selection.names:
                return selection.values[selection.names.index(name)]
        return expressions.realised(expressions.value(node))

    # === Equal rows === #

    def _ties(self, node: exp.Select, scope: Scope, values: list[Value], plain: bool) -> str | None:
        """Return the sort term that decides between equal rows, from the request's number."""
        if not plain:
            return self._output_ties(values)
        keys = [key for source in scope.sources.values() for key in source.row_keys()]
        order = node.args.get("order")
        terms = [term.this for term in order.expressions] if order is not None else []
        sorted_by = {
            scope.column(term).sql
            for term in terms
            if isinstance(term, exp.Column) and term.name.lower() in _columns_of(scope)
        }
        if len(scope.sources) == 1 and keys and set(keys) <= sorted_by:
            return None
        if not keys or any(source.table is None for source in scope.sources.values()):
            return self._output_ties(values)
        seed = self.bindings.add(lambda run: run.seq * 7919 % 104729 + 1)
        mixed = " + ".join(
            f"coalesce({key}, 0) * {multiplier}"
            for key, multiplier in zip(keys, _MULTIPLIERS, strict=False)
        )
        return f"(({mixed}) * {seed} % 2147483647)"

    def _output_ties(self, values: list[Value]) -> str:
        seed = self.bindings.add(lambda run: run.seq)
        return f"ns_shuffle({', '.join([seed, *(value.sql for value in values)])})"


_MULTIPLIERS = (48271, 69621, 16807, 39373, 22699, 30269, 40692, 53668)


def _columns_of(scope: Scope) -> set[str]:
    return {name for source in scope.sources.values() for name in source.columns}


def _has_own_order(node: exp.Select, scope: Scope, rownum: int | None, grouped: bool) -> bool:
    """Return whether rows need no shuffling: one row only, or the order of a derived table."""
    if grouped and not node.args.get("group"):
        return True
    if node.args.get("order"):
        return False
    derived = [source for source in scope.sources.values() if source.table is None]
    return rownum is not None or len(derived) == len(scope.sources) == 1


def _sorted(value: Value, descending: bool, nulls_first: bool | None) -> str:
    """Return a sort term; nulls come last ascending and first descending, as in Oracle."""
    text = value.sql + (" DESC" if descending else "")
    if is_filled(value):
        return text
    return f"{text} NULLS {'FIRST' if nulls_first else 'LAST'}"


def _flat(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.And):
        yield from _flat(node.this)
        yield from _flat(node.expression)
    else:
        yield node


def _is_rownum(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column) and not node.table and node.name.upper() == "ROWNUM"


def _row_limit(
    conditions: list[exp.Expr],
) -> tuple[list[exp.Expr], int | None]:
    """Split ROWNUM conditions off a WHERE, and return the rest and the limit."""
    limit: int | None = None
    rest = []
    for condition in conditions:
        if not any(_is_rownum(column) for column in condition.find_all(exp.Column)):
            rest.append(condition)
            continue
        bound = condition.args.get("expression")
        if not _is_rownum(condition.this) or not isinstance(bound, exp.Literal):
            raise unsupported()
        number = int(bound.name)
        if isinstance(condition, exp.LT):
            number -= 1
        elif isinstance(condition, exp.EQ):
            number = 1 if number == 1 else 0
        elif not isinstance(condition, exp.LTE):
            number = 0
        limit = _least(limit, number)
    return rest, limit


def _fetched(node: exp.Expr) -> int | None:
    """Return the number of FETCH FIRST or TOP; an OFFSET in the query is ignored."""
    limit = node.args.get("limit")
    if limit is None:
        return None
    count = limit.args.get("count") or limit.args.get("expression")
    if not isinstance(count, exp.Literal) or not count.name.isdigit():
        raise unsupported()
    return int(count.name)


def _least(*limits: int | None) -> int | None:
    given = [limit for limit in limits if limit is not None]
    return min(given) if given else None


def _limited_before_order(
    selection: Selection, listed: str, rownum: int, from_sql: str, tail: str, plain: bool
) -> Selection:
    """Cut rows before sorting them, which is what ROWNUM beside ORDER BY does in Oracle."""
    if not plain:
        raise unsupported()
    keys, terms = [], []
    for number, term in enumerate(selection.order):
        for suffix in (
            " NULLS FIRST",
            " NULLS LAST",
            " DESC NULLS FIRST",
            " DESC NULLS LAST",
            " DESC",
        ):
            if term.endswith(suffix) and not term.removesuffix(suffix).endswith(" DESC"):
                keys.append(f"{term.removesuffix(suffix)} AS k{number}")
                terms.append(f"k{number}{suffix}")
                break
        else:
            keys.append(f"{term} AS k{number}")
            terms.append(f"k{number}")
    ties = selection.ties or "0"
    inner = f"SELECT {listed}, {', '.join(keys)}, {ties} AS tie{from_sql}{tail} LIMIT {rownum}"
    names = ", ".join(f"c{number}" for number in range(len(selection.values)))
    values = selection.values
    return Selection(
        f"SELECT {names} FROM ({inner})", selection.names, values, terms, "tie", selection.limit
    )
