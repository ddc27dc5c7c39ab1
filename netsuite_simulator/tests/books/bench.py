"""Short ways to make records, and the invariants that hold after every act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from netsuite_simulator.ledger import Ledger
from netsuite_simulator.ledger.acts import Acts
from netsuite_simulator.ledger.books import CUSTOMER_OF
from netsuite_simulator.ledger.kinds import BILLS, DEBITS
from netsuite_simulator.scenarios.setup import Setup

SCALE = 10**8


@dataclass
class Bench:
    """Books under test."""

    ledger: Ledger
    setup: Setup
    names: Any = field(default_factory=lambda: count(1))

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self.ledger.store.read() as con:
            return con.execute(query, parameters).fetchall()

    def row(self, table: str, record_id: int) -> dict[str, Any]:
        with self.ledger.store.read() as con:
            cursor = con.execute(f'SELECT * FROM "{table}" WHERE id = ?', [record_id])
            names = [column[0] for column in cursor.description]
            return dict(zip(names, cursor.fetchone(), strict=True))

    def act(self, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
        return Acts(self.ledger).perform(name, params)

    def customer(self, subsidiary: int = 0, **fields: Any) -> int:
        body = {
            "companyName": f"Customer {next(self.names)}",
            "subsidiary": {"id": str(self.setup.subsidiaries[subsidiary])},
            **fields,
        }
        return self.ledger.create("customer", body)

    def line(self, amount: Any, **fields: Any) -> dict[str, Any]:
        return {"item": {"id": str(self.setup.items[0])}, "amount": amount, **fields}

    def invoice(self, customer: int, *amounts: Any, currency: str = "", **fields: Any) -> int:
        lines = [amount if isinstance(amount, dict) else self.line(amount) for amount in amounts]
        body = {"entity": {"id": str(customer)}, "item": {"items": lines}, **fields}
        return self.ledger.create("invoice", body | self._currency(currency))

    def credit(
        self, customer: int, amount: Any, apply: Any = None, currency: str = "", **fields: Any
    ) -> int:
        body = {
            "entity": {"id": str(customer)},
            "item": {"items": [self.line(amount)]},
            "apply": self.apply(apply),
            **fields,
        }
        return self.ledger.create("creditMemo", body | self._currency(currency))

    def payment(
        self, customer: int, amount: Any, apply: Any = None, currency: str = "", **fields: Any
    ) -> int:
        body = {
            "customer": {"id": str(customer)},
            "payment": amount,
            "autoApply": False,
            "apply": self.apply(apply),
            **fields,
        }
        return self.ledger.create("customerPayment", body | self._currency(currency))

    def deposit(self, customer: int, amount: Any, currency: str = "", **fields: Any) -> int:
        body = {"customer": {"id": str(customer)}, "payment": amount, **fields}
        return self.ledger.create("customerDeposit", body | self._currency(currency))

    def apply_deposit(self, deposit: int, amounts: dict[int, Any], **fields: Any) -> int:
        body = {"apply": self.apply(amounts), **fields}
        return self.ledger.transform("customerDeposit", deposit, "depositApplication", body)

    def refund(
        self,
        customer: int,
        credits: Any = None,
        deposits: Any = None,
        currency: str = "",
        **fields: Any,
    ) -> int:
        body = {
            "customer": {"id": str(customer)},
            "apply": self.apply(credits),
            "deposit": self.apply(deposits),
            **fields,
        }
        return self.ledger.create("customerRefund", body | self._currency(currency))

    def entry(self, account: str, amount: Any, entity: int | None = None, **fields: Any) -> Any:
        """Return a journal's line; a negative amount is a credit."""
        side = "credit" if Decimal(amount) < 0 else "debit"
        line = {"account": {"id": str(self.setup.accounts[account])}, **fields}
        line[side] = abs(Decimal(amount))
        return line if entity is None else {**line, "entity": {"id": str(entity)}}

    def journal(
        self, *lines: Any, currency: str = "", kind: str = "journalEntry", **fields: Any
    ) -> int:
        body = {
            "subsidiary": {"id": str(self.setup.subsidiaries[0])},
            "line": {"items": list(lines)},
            **fields,
        }
        return self.ledger.create(kind, body | self._currency(currency))

    def open_line(self, journal: int, line: int) -> Decimal | None:
        """Return what is open of a journal's line, None when nothing can be."""
        found = self.rows(
            "SELECT COALESCE(foreignamountunpaid, foreignpaymentamountunused) FROM transactionline"
            ' WHERE "transaction" = ? AND id = ?',
            journal,
            line,
        )[0][0]
        return None if found is None else Decimal(found) / SCALE

    def apply(self, amounts: dict[int, Any] | None) -> dict[str, Any]:
        return {
            "items": [
                {"doc": {"id": str(doc)}, "apply": True, "amount": amount}
                for doc, amount in (amounts or {}).items()
            ]
        }

    def _currency(self, code: str) -> dict[str, Any]:
        return {"currency": {"id": str(self.setup.currencies[code])}} if code else {}

    def open(self, transaction: int) -> Decimal:
        row = self.row("transaction", transaction)
        left = row["foreignamountunpaid"]
        if left is None:
            left = row["foreignpaymentamountunused"]
        return Decimal(left) / SCALE

    def lines(self, transaction: int) -> list[tuple[str, int, Decimal, Decimal]]:
        """Return (account number, line, foreign, base) of a transaction's lines."""
        found = self.rows(
            "SELECT c.acctnumber, l.id, l.foreignamount, a.netamount FROM transactionline l"
            ' JOIN transactionaccountingline a ON a."transaction" = l."transaction"'
            " AND a.transactionline = l.id JOIN account c ON c.id = a.account"
            ' WHERE l."transaction" = ? ORDER BY l.id',
            transaction,
        )
        return [
            (number, line, Decimal(foreign) / SCALE, Decimal(base) / SCALE)
            for number, line, foreign, base in found
        ]

    # === INVARIANTS === #

    def check(self) -> None:
        """Assert what is true of the books at any time."""
        self._check_balanced()
        self._check_open_amounts()
        self._check_open_lines()
        self._check_links()
        self._check_receivables()

    def _check_balanced(self) -> None:
        for table, column in (
            ("transactionaccountingline", "netamount"),
            ("transactionaccountingline", "COALESCE(debit, 0) - COALESCE(credit, 0)"),
            ("transactionline", "foreignamount"),
        ):
            assert not self.rows(
                f'SELECT "transaction", SUM({column}) FROM {table}'
                f' GROUP BY "transaction" HAVING SUM({column}) <> 0'
            ), f"{table}.{column} does not sum to zero"
        assert not self.rows(
            'SELECT a.* FROM transactionaccountingline a LEFT JOIN "transaction" t'
            ' ON t.id = a."transaction" WHERE t.id IS NULL'
        ), "accounting lines without a transaction"

    def _check_open_amounts(self) -> None:
        linked = dict(self.rows("SELECT previousdoc, SUM(amount) FROM _application GROUP BY 1"))
        used = {
            (payer, link): amount
            for payer, link, amount in self.rows(
                "SELECT nextdoc, kind, SUM(amount - discount) FROM _application GROUP BY 1, 2"
            )
        }
        for transaction, kind, total, paid, unpaid, spent, left, status, voided, void in self.rows(
            "SELECT id, type, foreigntotal, foreignamountpaid, foreignamountunpaid,"
            " foreignpaymentamountused, foreignpaymentamountunused, status, voided, void"
            " FROM \"transaction\" WHERE type NOT IN ('Journal', 'FxReval', 'Deposit')"
        ):
            if kind in DEBITS:
                assert paid == linked.get(transaction, 0)
                assert unpaid == total - paid
                assert total < 0 or unpaid >= 0
                rest = unpaid
            elif kind in ("DepAppl", "CustRfnd"):
                assert (spent, left) == (abs(total), 0)
                assert spent == used.get((transaction, "Payment"), 0)
                rest = 0
            else:
                gone = used.get((transaction, "Payment"), 0) + linked.get(transaction, 0)
                assert spent == gone
                assert left == abs(total) - spent
                assert left >= 0
                rest = left
            if voided == "T":
                # Voided by a journal, it keeps what it was.
                assert status == "V"
                assert void == "F" or (total, rest) == (0, 0)
            elif kind in BILLS:
                assert status == ("A" if rest else "B")
            elif kind == "CustDep":
                assert (status == "C") == (rest == 0)

    def _check_open_lines(self) -> None:
        """Check the open amounts of journals' lines against the links that name them."""
        linked = dict(
            self.rows(
                "SELECT doc || '/' || line, SUM(amount) FROM ("
                " SELECT previousdoc AS doc, previousline AS line, amount FROM _application"
                " UNION ALL SELECT nextdoc, nextline, amount FROM _application) GROUP BY 1"
            )
        )
        for journal, line, amount, paid, unpaid, used, unused, status, kind, customer in self.rows(
            'SELECT l."transaction", l.id, l.foreignamount, l.foreignamountpaid,'
            " l.foreignamountunpaid, l.foreignpaymentamountused, l.foreignpaymentamountunused,"
            " t.status, c.accttype, u.id FROM transactionline l"
            ' JOIN "transaction" t ON t.id = l."transaction" AND t.type = \'Journal\''
            ' JOIN transactionaccountingline a ON a."transaction" = t.id'
            " AND a.transactionline = l.id JOIN account c ON c.id = a.account"
            " LEFT JOIN customer u"
            f" ON u.id = {CUSTOMER_OF.format('l.entity')}"
        ):
            gone = linked.get(f"{journal}/{line}", 0)
            if status != "B" or kind != "AcctRec" or customer is None or amount == 0:
                assert gone == 0
                assert {paid, unpaid, used, unused} <= {None, 0}
            elif amount > 0:
                assert (paid, unpaid, used, unused) == (gone, amount - gone, None, None)
                assert unpaid >= 0
            else:
                assert (paid, unpaid, used, unused) == (None, None, gone, -amount - gone)
                assert unused >= 0

    def _check_links(self) -> None:
        assert not self.rows(
            "SELECT previousdoc, nextdoc FROM _application"
            ' WHERE previousdoc NOT IN (SELECT id FROM "transaction")'
            ' OR nextdoc NOT IN (SELECT id FROM "transaction")'
            " OR (amount <= 0 AND kind <> 'Deposit') OR amount < discount"
        ), "links of documents that are gone"

    def _check_receivables(self) -> None:
        documents = self.ledger.documents()
        for document in documents:
            if Decimal(document["open"]) == 0:
                assert Decimal(document["open_base"]) == 0, document
        listed: dict[tuple[int, str, str], Decimal] = {}
        base = {"open": Decimal(0), "deposits": Decimal(0)}
        for document in documents:
            sign = -1 if document["side"] == "credit" else 1
            figure = "deposits" if document["side"] == "deposit" else "open"
            key = (document["customer_id"], document["currency"], figure)
            listed[key] = listed.get(key, Decimal(0)) + sign * Decimal(document["open"])
            base[figure] += sign * Decimal(document["open_base"])
        posted: dict[tuple[int, str, str], Decimal] = {}
        posted_base = dict.fromkeys(base, Decimal(0))
        for balance in self.ledger.balances():
            for figure in posted_base:
                key = (balance["customer_id"], balance["currency"], figure)
                posted[key] = posted.get(key, Decimal(0)) + Decimal(balance[figure])
                posted_base[figure] += Decimal(balance[f"{figure}_base"])
        for key in posted.keys() | listed.keys():
            assert posted.get(key, Decimal(0)) == listed.get(key, Decimal(0)), key
        assert posted_base == base
        self._check_base_per_company()

    def _check_base_per_company(self) -> None:
        """Compare what open items leave with A/R, but for revaluations and retentions."""
        posted = self.rows(
            "SELECT l.subsidiary, SUM(a.netamount) FROM transactionaccountingline a"
            ' JOIN transactionline l ON l."transaction" = a."transaction"'
            " AND l.id = a.transactionline JOIN account c ON c.id = a.account"
            ' JOIN "transaction" t ON t.id = a."transaction" AND t.type <> \'FxReval\''
            " WHERE (c.accttype = 'AcctRec' OR c.sspecacct = 'CustDep') AND a.posting = 'T'"
            " AND l.transactionlinetype <> 'ITEM'"
            " AND l.entity IN (SELECT id FROM customer UNION ALL SELECT id FROM job)"
            " GROUP BY 1 ORDER BY 1"
        )
        unpaid = self.rows(
            "SELECT l.subsidiary, SUM(COALESCE(a.amountunpaid, 0)"
            " - COALESCE(a.paymentamountunused, 0)) FROM transactionaccountingline a"
            ' JOIN transactionline l ON l."transaction" = a."transaction"'
            " AND l.id = a.transactionline GROUP BY 1 ORDER BY 1"
        )
        posted = [row for row in posted if row[1]]
        unpaid = [row for row in unpaid if row[1]]
        assert posted == unpaid
