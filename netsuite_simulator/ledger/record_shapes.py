"""What describes a record type: its fields, its sublists and what it can become."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..schema import STORED_AS, TABLES, Kind

# Labels of custom fields that are not just their id in words.
_ABBREVIATED = {
    "ap_email": "A/P Email",
    "invoice_pdf": "Invoice PDF",
    "custbody15": "Order Contact",
    "custbody16": "Order E-mail",
    "custbody17": "Delivery E-mail",
}


@dataclass(frozen=True)
class Field:
    """A body field: REST name, the column behind it and what a client may do with it."""

    name: str
    column: str
    kind: Kind
    required: bool = False
    writable: bool = True

    @property
    def label(self) -> str:
        """The label on NetSuite's form, which its messages name."""
        if self.custom:
            words = self.name.partition("_")[2] or self.name
            return _ABBREVIATED.get(words) or words.replace("_", " ").title()
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name)
        return words[:1].upper() + words[1:]

    @property
    def custom(self) -> bool:
        """Whether the account made this field itself."""
        return self.name.startswith(("custbody", "custentity"))


@dataclass(frozen=True)
class SublistType:
    """A sublist: names of its fields and the fields that identify a line."""

    fields: frozenset[str]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class RecordType:
    """A record type of the REST API.

    :param sequence: the id sequence that it shares with other types.
    :param code: transaction type code, empty for lists and entities.
    :param extra: REST names that have no column of their own but are known.
    """

    name: str
    table: str
    fields: tuple[Field, ...]
    sequence: str
    code: str = ""
    extra: frozenset[str] = frozenset()
    sublists: Mapping[str, SublistType] = field(default_factory=dict)
    transforms: tuple[str, ...] = ()

    @property
    def stored_as(self) -> str:
        """The table that is written to."""
        return STORED_AS.get(self.table, self.table)

    def by_name(self) -> dict[str, Field]:
        """Return the fields by REST name."""
        return {item.name: item for item in self.fields}


def fields_of(table: str, text: str) -> tuple[Field, ...]:
    """Read field definitions: `restName[>column][!|=]`; ! is mandatory, = is read only."""
    found = []
    for word in text.split():
        bare = word.rstrip("!=")
        name, _, column = bare.partition(">")
        column = column or name.lower()
        found.append(
            Field(
                name=name,
                column=column,
                kind=TABLES[table][column],
                required=word.endswith("!"),
                writable=not word.endswith("="),
            )
        )
    return tuple(found)


def sublist_of(fields: str, *keys: str) -> SublistType:
    """Return a sublist by the names of its fields, and of those that identify a line."""
    return SublistType(frozenset(fields.split()), keys)
