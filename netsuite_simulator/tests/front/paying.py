"""What the tests of written payments have in common."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import requests

from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books

ROOT = "/record/v1"
STRICT = {"X-NetSuite-PropertyNameValidation": "error"}


class Paying:
    """A client that writes payments for one customer, and looks at what came of it."""

    def __init__(self, simulator: RunningSimulator, books: Books) -> None:
        self.simulator = simulator
        self.books = books
        self.customer = books.customer()

    # === Writing === #

    def post(self, **body: Any) -> requests.Response:
        """POST a payment of the customer, which does not apply itself."""
        whole = {"customer": {"id": self.customer}, "autoApply": False, **body}
        return self.call("POST", "/customerPayment", whole)

    def patch(self, payment: int, /, **body: Any) -> requests.Response:
        """PATCH a payment; the customer is repeated, as Oracle's samples have it."""
        whole = {"customer": {"id": self.customer}, **body}
        return self.call("PATCH", f"/customerPayment/{payment}", whole)

    def put(self, external: str, **body: Any) -> requests.Response:
        whole = {"customer": {"id": self.customer}, "autoApply": False, **body}
        return self.call("PUT", f"/customerPayment/eid:{external}", whole)

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Make a call with the names of properties checked."""
        return self.simulator.call(method, ROOT + path, json=body, headers=STRICT)

    def paid(self, **body: Any) -> int:
        """POST a payment that is taken, and return its id."""
        answer = self.post(**body)
        assert answer.status_code == 204, answer.text
        return int(answer.headers["Location"].rpartition("/")[2])

    def script(self, **body: Any) -> requests.Response:
        """Call the RESTlet."""
        scripts = {
            "script": "customscript_kolleno_payment", "deploy": "customdeploy_kolleno_payment",
        }  # fmt: skip
        return requests.post(
            f"{self.simulator.base_url}/app/site/hosting/restlet.nl",
            params=scripts, json=body, auth=self.simulator.tba(), timeout=20,
        )  # fmt: skip

    # === Other documents === #

    def invoice(self, amount: float = 100, **values: Any) -> int:
        return self.books.invoice(self.customer, amount, **values)

    def credit_memo(self, amount: float = 40, **values: Any) -> int:
        line = {"item": {"id": str(self.books.item)}, "quantity": 1, "rate": amount}
        body = {"entity": {"id": self.customer}, "item": {"items": [line]}, **values}
        return int(self.simulator.act("create", type="creditMemo", body=body)["id"])

    def deposit(self, amount: float = 40, **values: Any) -> int:
        body = {"customer": {"id": self.customer}, "payment": amount, **values}
        return int(self.simulator.act("create", type="customerDeposit", body=body)["id"])

    def journal(self, amount: float) -> int:
        """Make a journal with the customer on its A/R line, a debit or (below zero) a credit."""
        side, other = ("debit", "credit") if amount > 0 else ("credit", "debit")
        lines = [
            {"account": {"id": self.account("4090")}, other: abs(amount)},
            {
                "account": {"id": self.account("1100")},
                side: abs(amount),
                "entity": {"id": self.customer},
            },
        ]
        body = {"subsidiary": {"id": "1"}, "approved": True, "line": {"items": lines}}
        return int(self.simulator.act("create", type="journalEntry", body=body)["id"])

    def account(self, number: str) -> int:
        query = f"SELECT id FROM account WHERE acctnumber = '{number}'"
        return int(self.row(query)["id"])

    # === Looking === #

    def get(self, payment: int) -> Any:
        path = f"{ROOT}/customerPayment/{payment}?expandSubResources=true"
        answer = self.simulator.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def row(self, query: str) -> dict[str, Any]:
        answer = self.simulator.suiteql(query).json()
        found: dict[str, Any] = answer["items"][0]
        del found["links"]
        return found

    def open(self, document: int) -> float:
        """Return what is open of a document of the customer, as the ledger has it."""
        return sum(
            float(each["open"])
            for each in self.simulator.ledger(documents=True)["documents"]
            if each["id"] == document
        )

    def count(self) -> int:
        query = f"SELECT id FROM transaction WHERE type = 'CustPymt' AND entity = {self.customer}"
        found: int = self.simulator.suiteql(query).json()["totalResults"]
        return found

    def moment(self, document: int) -> str:
        """Return when a document was changed last."""
        with self.simulator.account.store.read() as connection:
            query = 'SELECT lastmodifieddate FROM "transaction" WHERE id = ?'
            return str(connection.execute(query, [document]).fetchone()[0])

    def check_books(self) -> None:
        """Check that open amounts are what accounts hold, and that each transaction balances."""
        ledger = self.simulator.ledger(documents=True)
        documents: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        for each in ledger["documents"]:
            if each["side"] != "deposit":
                sign = 1 if each["side"] == "debit" else -1
                key = each["customer_id"], each["currency"]
                documents[key] += sign * Decimal(each["open"])
        balances: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        for each in ledger["balances"]:
            balances[each["customer_id"], each["currency"]] += Decimal(each["open"])
        wrong = {
            key: (documents[key], balances[key])
            for key in {*documents, *balances}
            if documents[key] != balances[key]
        }
        assert not wrong
        with self.simulator.account.store.read() as connection:
            unbalanced = connection.execute(
                'SELECT l."transaction", SUM(a.netamount), SUM(l.foreignamount)'
                " FROM transactionaccountingline a JOIN transactionline l"
                ' ON l."transaction" = a."transaction" AND l.id = a.transactionline'
                ' GROUP BY l."transaction", l.subsidiary'
                " HAVING SUM(a.netamount) <> 0 OR SUM(l.foreignamount) <> 0"
            ).fetchall()
        assert unbalanced == []


def line(document: int, amount: float | None = None, **values: Any) -> dict[str, Any]:
    """Return a line of the sublists of a payment."""
    given = {} if amount is None else {"amount": amount}
    return {"doc": {"id": str(document)}, "apply": True, **given, **values}


def lines(*each: dict[str, Any]) -> dict[str, Any]:
    return {"items": list(each)}


def refusal(answer: requests.Response) -> tuple[int, str, str]:
    """Return status, code and wording, without NetSuite's general sentence."""
    error = answer.json()["o:errorDetails"][0]
    detail = error["detail"].removeprefix("Error while accessing a resource. ")
    return answer.status_code, error["o:errorCode"], detail
