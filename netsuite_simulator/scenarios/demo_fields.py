"""Custom fields of the demonstration company: stages, promises, carriers, tags and chasing."""

from __future__ import annotations

import random
from datetime import date, timedelta

from ..ledger import Ledger
from ..ledger.books import Books
from ..schema import SCALE
from .setup import CUSTOM_LISTS

STAGES = ("L1", "L2", "L3", "Legal")
CHASE_NOTES = ("Left a voicemail", "Copy of the invoice sent", "Asks for a proof of delivery")
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
        _chase(books, random.Random(f"{seed}-chasing"))  # noqa: S311 repeatable, not secret
        books.forget()


def _chase(books: Books, rng: random.Random) -> None:
    """Tell of some overdue invoices and their customers how far they were chased."""
    today = books.clock.today()
    chased: dict[int, int] = {}
    for record_id, customer, due in books.con.execute(
        "SELECT id, entity, duedate FROM \"transaction\" WHERE type = 'CustInvc'"
        " AND foreignamountunpaid > 0 AND duedate < account_today() ORDER BY id"
    ).fetchall():
        if rng.randrange(2):
            continue
        stage = rng.randrange(4) + 1
        late = (today - date.fromisoformat(due)).days
        day = today - timedelta(days=rng.randrange(min(late, 20) + 1))
        values: dict[str, int | str] = {
            "custbody_collection_stage": stage,
            "custbody_last_chased": day.isoformat(),
            "custbody_chase_count": stage,
            "custbody_do_not_chase": "T" if rng.randrange(12) == 0 else "F",
            "custbody_chase_note": rng.choice(CHASE_NOTES),
        }
        books.change("transaction", "id", record_id, values)
        chased[customer] = max(stage, chased.get(customer, 0))
    for customer, stage in chased.items():
        values = {
            "custentity_on_hold": "T" if stage == 4 else "F",
            "custentity_collection_stage": stage,
            "custentity_average_delay": rng.randrange(20, 900) * SCALE // 10,
        }
        # A project's documents name it, not its customer.
        books.change("_customer", "id", customer, values)


def _entry(rng: random.Random, name: str) -> int:
    return rng.randrange(len(CUSTOM_LISTS[name])) + 1


def _entries(rng: random.Random, name: str) -> str:
    """Return one or two entries of a list, as a multiple select keeps them."""
    chosen = {_entry(rng, name) for _each in range(2)}
    return ", ".join(str(each) for each in sorted(chosen))
