"""Any sequence of written payments leaves the books in order, in every kind of account."""

from __future__ import annotations

import random
from typing import Any

import pytest

from netsuite_simulator.profiles import payment_accounts
from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books
from netsuite_simulator.tests.front.paying import Paying, line, lines

STEPS = 25
ODD: tuple[Any, ...] = (
    5, "x", [], [1], {}, {"items": 5}, {"items": [5]}, {"items": [{}]},
    lines({"doc": "x"}), lines({"doc": {}, "amount": 1}), lines(line(1, 1)),
)  # fmt: skip


class Sequence:
    """Random steps of a client and of people over the documents of one customer."""

    def __init__(self, paying: Paying, seed: int) -> None:
        self.paying = paying
        self.random = random.Random(seed)
        self.euro = paying.row("SELECT id FROM currency WHERE symbol = 'EUR'")["id"]
        self.documents: dict[str, list[int]] = {
            "invoice": [], "credit": [], "deposit": [], "payment": [],
        }  # fmt: skip
        self.statuses: set[int] = set()

    def step(self) -> None:
        choices = (self.document, self.post, self.post, self.patch, self.patch, self.odd, self.act)
        self.random.choice(choices)()

    def amount(self) -> float:
        return self.random.choice((0, 10, 25, 33.33, 40, 60, 100, 130))

    def money(self) -> dict[str, Any]:
        if self.random.random() < 0.7:
            return {}
        rate = self.random.choice((1.05, 1.1, 1.234567))
        return {"currency": {"id": self.euro}, "exchangeRate": rate}

    def document(self) -> None:
        make = {
            "invoice": self.paying.invoice, "credit": self.paying.credit_memo,
            "deposit": self.paying.deposit,
        }  # fmt: skip
        kind = self.random.choice(("invoice", "invoice", "credit", "deposit"))
        self.documents[kind].append(make[kind](self.amount() + 1, **self.money()))

    def some(self, kind: str, most: int = 2) -> dict[str, Any]:
        known = self.documents[kind]
        chosen = self.random.sample(known, min(len(known), self.random.randint(0, most)))
        return lines(*(line(each, self.random.choice((None, self.amount()))) for each in chosen))

    def sublists(self) -> dict[str, Any]:
        body = {"apply": self.some("invoice", 3)}
        if self.random.random() < 0.5:
            body["credit"] = self.some(self.random.choice(("credit", "payment")))
        if self.random.random() < 0.3:
            body["deposit"] = self.some("deposit")
        return body

    def post(self) -> None:
        body = {**self.money(), **self.sublists(), "autoApply": self.random.random() < 0.3}
        if self.random.random() < 0.8:
            body["payment"] = self.amount()
        self.note(self.paying.post(**body))

    def patch(self) -> None:
        if self.documents["payment"]:
            payment = self.random.choice(self.documents["payment"])
            body = self.sublists()
            if self.random.random() < 0.2:
                body["payment"] = self.amount()
            if self.random.random() < 0.2:
                body["apply"] = None
            self.note(self.paying.patch(payment, **body))

    def odd(self) -> None:
        name = self.random.choice(("apply", "credit", "deposit", "payment", "undepFunds"))
        body = {"payment": 10, name: self.random.choice(ODD)}
        self.note(self.paying.post(**body))

    def act(self) -> None:
        if not self.documents["payment"]:
            return
        payment = self.random.choice(self.documents["payment"])
        act, more = self.random.choice(
            (
                ("unapply", {"payer": payment}),
                ("void", {"id": payment}),
                ("delete", {"id": payment}),
                ("create", {"type": "deposit", "body": {"payment": {"items": [{"id": payment}]}}}),
            )
        )
        try:
            self.paying.simulator.act(act, **more)
        except ValueError:
            return
        if act == "delete":
            self.documents["payment"].remove(payment)

    def note(self, answer: Any) -> None:
        self.statuses.add(answer.status_code)
        made = answer.headers.get("Location", "").rpartition("/")[2]
        if made.isdecimal() and int(made) and int(made) not in self.documents["payment"]:
            self.documents["payment"].append(int(made))


@pytest.mark.parametrize("account", list(enumerate(payment_accounts())), ids=lambda each: each[0])
def test_books_are_in_order_after_every_step(
    simulator: RunningSimulator, books: Books, account: tuple[int, dict[str, Any]]
) -> None:
    seed, switches = account
    # On payables nobody owes, which is no order of the books at all.
    form = switches["ar_account_default"].replace("form_payable", "form")
    simulator.switches(**switches | {"ar_account_default": form})
    needed = {
        "department": {"id": 1}, "class": {"id": 1}, "location": {"id": 1},
    }  # fmt: skip
    if switches["payment_method_required"]:
        needed["paymentOption"] = {"id": 31}
    paying = Paying(simulator, books)
    plain = paying.post
    paying.post = lambda **body: plain(**needed, **body)  # type: ignore[method-assign]
    sequence = Sequence(paying, seed)
    for _each in range(STEPS):
        sequence.step()
        paying.check_books()

    assert sequence.statuses <= {204, 400}
