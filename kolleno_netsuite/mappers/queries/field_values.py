"""What some fields of named records hold now: asked before a write-back, and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...client.suiteql import Query, column, starts_with
from ..bodies.values import expression_of
from .record_source import Window, header_query
from .record_sources import RECORD_SOURCES


def alias_of(number: int) -> str:
    """Return the name of the field with a position in the query."""
    return f"f{number}"


def values_query(record_type: str, ids: tuple[int, ...], fields: Mapping[str, str]) -> Query:
    """Return the query of fields of named records, of one type.

    :param ids: internal ids, 1,000 at most.
    :param fields: {field id: its kind}, in whose order `alias_of` names the columns.
    """
    source = RECORD_SOURCES[record_type]
    columns = {
        alias_of(number): expression_of(source.alias, field, kind)
        for number, (field, kind) in enumerate(fields.items())
    }
    asked = {"id": column(f"{source.alias}.id"), **columns}
    return header_query(replace(source, columns=asked), Window(ids=ids), missing=("lastmodified",))


def made_here_query(prefix: str) -> Query:
    """Return the query of the transactions whose external id begins as ours do.

    :param prefix: letters and digits only.
    """
    return (
        Query("transaction", "t")
        .where(starts_with("t.externalid", prefix))
        .select(id="t.id", externalid="t.externalid", tranid="t.tranid", type="t.type")
        .keyset("id")
    )
