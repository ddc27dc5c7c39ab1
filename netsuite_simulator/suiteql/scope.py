"""Which tables and columns a query may name, and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from netsuite_simulator.schema import TABLES, Kind, Table
from netsuite_simulator.suiteql.errors import (
    UnknownColumn,
    hidden_table,
    unknown_identifier,
    unknown_table,
    unsupported,
)
from netsuite_simulator.suiteql.values import Value

# How schema kinds are compared and written; refs and ids are whole numbers.
_KINDS = {
    "id": "int", "ref": "int", "integer": "int", "money": "dec", "number": "dec",
    "enum": "text", "multi": "text", "longtext": "text",
}  # fmt: skip
# Never null, so that ORDER BY may use an index as it is.
_FILLED = (
    "id", "internalid", "nkey", "uniquekey", "lastmodifieddate", "linelastmodifieddate",
    "transaction", "transactionline", "accountingbook", "previousdoc", "previousline", "nextdoc",
    "nextline",
)  # fmt: skip


def column_value(alias: str, name: str, kind: Kind) -> Value:
    """Return the typed expression of a stored column."""
    target = str(kind) if kind.base in ("ref", "multi", "enum") else ""
    return Value(f'"{alias}"."{name}"', _KINDS.get(kind.base, kind.base), target, owner=alias)


@dataclass
class Source:
    """One table or derived table of FROM under its alias."""

    alias: str
    name: str
    columns: dict[str, Value]
    table: Table | None = None

    def row_keys(self) -> list[str]:
        """Return integer expressions that together tell rows of this source apart."""
        if self.table is None:
            return [value.sql for value in self.columns.values()]
        names = self.table.key or tuple(
            name for name, kind in self.table.items() if kind.base in ("id", "ref")
        )
        return [f'"{self.alias}"."{name}"' for name in names]


@dataclass
class Scope:
    """The sources of one SELECT and the scope around it."""

    sources: dict[str, Source] = field(default_factory=dict)
    outer: Scope | None = None

    def add(self, source: Source) -> None:
        """Add a source.

        :raise QueryError: when its alias is taken.
        """
        if source.alias in self.sources:
            raise unsupported()
        self.sources[source.alias] = source

    def available(self) -> dict[str, str]:
        """Return alias → table for NetSuite's wording."""
        return {source.alias: source.name for source in self.sources.values()}

    def column(self, node: exp.Column) -> Value:
        """Return the value of a column.

        :raise QueryError: when no source, or more than one, has it.
        """
        name, qualifier = node.name.lower(), node.table.lower()
        scope: Scope | None = self
        while scope is not None:
            if qualifier in scope.sources:
                source = scope.sources[qualifier]
                if name not in source.columns:
                    raise UnknownColumn(node.name, source.name, self.available())
                return source.columns[name]
            if not qualifier:
                found = [s.columns[name] for s in scope.sources.values() if name in s.columns]
                if len(found) > 1:
                    raise unsupported()
                if found:
                    return found[0]
            scope = scope.outer
        if qualifier or len(self.sources) != 1:
            raise unknown_identifier(qualifier or node.name, self.available())
        (source,) = self.sources.values()
        raise UnknownColumn(node.name, source.name, self.available())

    def star(self, qualifier: str) -> Iterator[tuple[str, Value]]:
        """Yield name and value of all columns, or those of one source."""
        if qualifier and qualifier not in self.sources:
            raise unknown_identifier(qualifier, self.available())
        for source in self.sources.values():
            if qualifier in ("", source.alias):
                yield from source.columns.items()


def table_source(node: exp.Table, tables: dict[str, Table]) -> Source:
    """Return the source for a table of the account.

    :raise QueryError: for a table that does not exist or that the account hides.
    """
    name = node.name.lower()
    alias = (node.alias or node.name).lower()
    if node.args.get("db"):
        raise unknown_table(f"{node.db}.{node.name}")
    if name == "dual":
        return Source(alias, "dual", {"dummy": Value("'X'", "text")})
    table = tables.get(name)
    if table is None:
        raise hidden_table(name) if name in TABLES else unknown_table(node.name)
    columns = {column: column_value(alias, column, kind) for column, kind in table.items()}
    return Source(alias, name, columns, table)


def is_filled(value: Value) -> bool:
    """Return whether a value is a column that is never null."""
    return bool(value.owner) and value.sql.rpartition(".")[2].strip('"') in _FILLED
