"""Which columns SuiteQL's tables have in accounts that exist, by public sources.

`suiteql_tables.json`: per table its columns, where they were seen, and whether one source is a
whole listing of one account (`complete`). Custom fields are left out. A column that is absent
says little where no listing is complete, and columns that hang on a feature can be missing from
an account all the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Listing:
    """What public sources list of a table.

    :param complete: one of them is a whole listing of one account.
    """

    columns: frozenset[str]
    complete: bool
    sources: tuple[str, ...]


def listings() -> dict[str, Listing]:
    """Return the listings by table; `customlist_any` is the shape of every custom list."""
    text = Path(__file__).with_name("suiteql_tables.json").read_text(encoding="utf-8")
    return {
        table: Listing(frozenset(row["columns"].split()), row["complete"], tuple(row["sources"]))
        for table, row in json.loads(text).items()
    }


def listing_of(table: str, known: dict[str, Listing]) -> Listing | None:
    """Return the listing of a table, that of all custom lists for one; None without any."""
    return known.get("customlist_any" if table.startswith("customlist") else table)
