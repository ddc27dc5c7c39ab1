"""Every `table.column` that the addon asks NetSuite for is one that accounts have.

The queries are read from the source, so that none is missed: strings like ``t.tranid`` in a file
that builds queries, with the tables that ``Query``, ``join`` and SQL text give their aliases to.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from kolleno_netsuite.mappers.queries.record_sources import (
    RECORD_SOURCES,
    Window,
    header_query,
    part_query,
)
from netsuite_simulator.listings import Listing, listing_of, listings

ADDON = Path(__file__).resolve().parents[2] / "kolleno_netsuite"
KNOWN = listings()
TABLES = {*KNOWN, "paymentmethod", "contactrole", "file", "mediaitemfolder"}
_NAMED = re.compile(r"\b(?:FROM|JOIN) (\w+) (\w+)\b")
_COLUMN = re.compile(r"\b([a-z]{1,3})\.([a-z][a-z0-9_]*)\b")

# Beyond the listings, each with its reason; all are left out where an account refuses them.
BEYOND = {
    # The listing of contacts is of queries that read other columns.
    "contact": {"middlename", "altemail", "isprivate", "externalid"},
}


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _aliases(tree: ast.AST) -> dict[str, set[str]]:
    """Return alias -> tables of a file: ``Query("t", "a")``, ``.join("t", "a", …)``, SQL text."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            words = [each.value for each in node.args[:2] if isinstance(each, ast.Constant)]
            if name in ("Query", "join") and len(words) == 2 and words[0] in TABLES:
                found[words[1]].add(words[0])
    for text in _texts(tree):
        for table, alias in _NAMED.findall(text):
            if table in TABLES:
                found[alias].add(table)
    return found


def _asked_in_source() -> dict[tuple[str, str], set[str]]:
    """Return (tables that an alias may be, column) -> files."""
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for folder in ("client", "mappers", "models", "wizards")
        for path in (ADDON / folder).rglob("*.py")
        if re.search(r"\bsuiteql\b|\bqueries\b", path.read_text(encoding="utf-8"))
    }
    everywhere: dict[str, set[str]] = defaultdict(set)
    for path, tree in trees.items():
        if path.parent.name == "queries":
            for alias, tables in _aliases(tree).items():
                everywhere[alias] |= tables
    asked: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path, tree in trees.items():
        own = _aliases(tree)
        queries = path.parent.name == "queries"
        for text in _texts(tree):
            if " " in text and not _NAMED.search(text):
                continue  # prose, or Odoo's own SQL
            for alias, column in _COLUMN.findall(text):
                tables = own.get(alias) or (everywhere.get(alias) if queries else None)
                if tables:
                    key = (" ".join(sorted(tables)), column)
                    asked[key].add(str(path.relative_to(ADDON)))
    return asked


def _listed(table: str, column: str) -> bool:
    listing: Listing | None = listing_of(table, KNOWN)
    return listing is None or column in listing.columns or column in BEYOND.get(table, ())


def test_columns_named_in_the_source_are_listed() -> None:
    asked = _asked_in_source()
    unknown = {
        f"{tables}.{column}": sorted(files)
        for (tables, column), files in asked.items()
        if not any(_listed(table, column) for table in tables.split())
    }

    assert unknown == {}
    # The reading of the source itself works.
    assert {("deletedrecord", "type"), ("transaction", "lastmodifieddate")} <= set(asked)


def _asked_by_sources() -> set[tuple[str, str]]:
    """Return (table, column) of every record source's queries."""
    found = set()
    for source in RECORD_SOURCES.values():
        parts = [part_query(source, part, Window()) for part in source.parts]
        for query in (header_query(source, Window()), *parts):
            sql = query.sql()
            tables = {alias: table for table, alias in _NAMED.findall(sql)}
            found |= {(tables[alias], column) for alias, column in _COLUMN.findall(sql)}
    return found


def test_columns_of_every_record_source_are_listed() -> None:
    asked = _asked_by_sources()

    assert {f"{table}.{column}" for table, column in asked if not _listed(table, column)} == set()
    assert len(asked) > 150


def test_reasons_are_needed_still() -> None:
    asked = _asked_by_sources()

    for table, columns in BEYOND.items():
        assert not columns & KNOWN[table].columns
        assert {(table, column) for column in columns} <= asked
