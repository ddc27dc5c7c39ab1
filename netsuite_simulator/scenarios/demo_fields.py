"""Custom fields of the demonstration company: stages, promises, carriers and tags."""

from __future__ import annotations

import random
from datetime import date, timedelta

from ..ledger import Ledger
from .setup import CUSTOM_LISTS

STAGES = ("L1", "L2", "L3", "Legal")
SHARE = 4  # one document in so many has values


def build_demo_fields(ledger: Ledger, seed: int) -> None:
    """Give some invoices, credit memos, payments and customers values in custom fields.

    They are filled in as if they had been there from the start: nothing else of the documents
    changes, neither amounts nor dates of change.
    """
    rng = random.Random(f"{seed}-fields")  # noqa: S311 repeatable, not secret
    books = ledger.books
    with books.session():
        for record_id, code, day in books.con.execute(
            'SELECT id, type, trandate FROM "transaction"'
            " WHERE type IN ('CustInvc', 'CustCred', 'CustPymt') ORDER BY id"
        ).fetchall():
            if rng.randrange(SHARE):
                continue
            promise = date.fromisoformat(day) + timedelta(days=rng.randrange(20, 60))
            values: dict[str, int | str] = {"custbody_carrier": _entry(rng, "customlist_carrier")}
            if code == "CustInvc":
                values |= {
                    "custbody_stage": rng.choice(STAGES),
                    "custbody_promise_date": promise.isoformat(),
                    "custbody_dispute": rng.choice(("T", "F", "F", "F")),
                    "custbody_tags": _entries(rng, "customlist_tag"),
                }
            books.change("transaction", "id", record_id, values)
        for (record_id,) in books.con.execute("SELECT id FROM _customer ORDER BY id").fetchall():
            if rng.randrange(SHARE):
                continue
            values = {
                "custentity_carrier": _entry(rng, "customlist_carrier"),
                "custentity_tags": _entries(rng, "customlist_tag"),
            }
            books.change("_customer", "id", record_id, values)
        books.forget()


def _entry(rng: random.Random, name: str) -> int:
    return rng.randrange(len(CUSTOM_LISTS[name])) + 1


def _entries(rng: random.Random, name: str) -> str:
    """Return one or two entries of a list, as a multiple select keeps them."""
    chosen = {_entry(rng, name) for _each in range(2)}
    return ", ".join(str(each) for each in sorted(chosen))
