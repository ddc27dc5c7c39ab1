"""Bank deposits: payments that wait in Undeposited Funds are taken to the bank together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..errors import invalid_value, user_error
from ..schema import SCALE
from .document import MAIN_LINE, Document
from .entry import LEFT_OUT_WHEN_VOID
from .kinds import BANK_DEPOSIT, RECEIPTS, REFUND
from .posting import Posting
from .record_types import BANK_DEPOSIT_RECORD
from .transactions import Transactions
from .values import Body, items_of, round_half_up, rounded, rounding_unit, times, to_bool, to_scaled

NOTHING = "You must select at least one payment or enter one line for this deposit."
NEGATIVE = "The total of a deposit cannot be less than zero."
NOT_UNDEPOSITED = "This transaction is not waiting to be deposited: {}."
# What can wait in Undeposited Funds.
_MONEY = (*RECEIPTS, REFUND)
# What a line shows of what it is, and the sign with which its amount adds to the deposit.
_SUBLISTS = {"other": ("OTHER", 1), "cashBack": ("CASHBACK", -1)}

_WAITING = """
SELECT t.type, t.currency, t.entity, t.subsidiary, l.foreignamount, a.netamount, a.account,
    c.sspecacct, t.voided, t.tranid
FROM "transaction" t
JOIN transactionline l ON l."transaction" = t.id AND l.id = 0
JOIN transactionaccountingline a ON a."transaction" = t.id AND a.transactionline = 0
JOIN account c ON c.id = a.account WHERE t.id = ?
"""
_ENTERED = """
SELECT l.transactionlinetype, a.account, l.foreignamount, l.entity, l.memo FROM transactionline l
JOIN transactionaccountingline a ON a."transaction" = l."transaction" AND a.transactionline = l.id
WHERE l."transaction" = ? ORDER BY l.linesequencenumber
"""

# Columns that null does not empty.
_NEVER_EMPTY = ("currency", "exchangerate", "subsidiary", "trandate", "tranid")
# Columns that a deposit gets once.
_ONCE = ("postingperiod",)


@dataclass(frozen=True)
class Entered:
    """A line that is typed in; `amount` (1/SCALE) adds to the deposit."""

    kind: str
    account: int
    amount: int
    entity: int | None
    memo: str | None


class BankDeposits:
    """Makes, changes and takes apart the deposits of the books."""

    def __init__(self, transactions: Transactions) -> None:
        self.transactions = transactions
        self.books = transactions.books

    # === SAVE === #

    def create(self, body: Body) -> int:
        """Make a deposit, and return its id.

        `payment` lists what is deposited by `id`, `other` and `cashBack` have account and amount;
        without `account` the first bank account of the subsidiary's currency takes it.

        :raise BookError: for what is no payment in Undeposited Funds, or a total below zero.
        """
        entry = self.transactions.entry
        header: dict[str, Any] = self.transactions.records.columns(BANK_DEPOSIT_RECORD, body)
        payments = self._chosen(body, [])
        header["entity"] = None
        subsidiary = header.get("subsidiary") or self._subsidiary(payments)
        account = self._account(body, self.books.base_currency(subsidiary))
        own = self.books.scalar("SELECT currency FROM account WHERE id = ?", account)
        header["subsidiary"] = subsidiary
        header["currency"] = header.get("currency") or own or self.books.base_currency(subsidiary)
        header["trandate"] = header.get("trandate") or self.books.today()
        header["exchangerate"] = header.get("exchangerate") or self.books.exchange_rate(
            self.books.base_currency(subsidiary), header["currency"], header["trandate"]
        )
        header["postingperiod"] = entry.periods.for_new(
            header["trandate"], header.get("postingperiod")
        )
        document = Document(
            self.books.next_id("transaction"),
            BANK_DEPOSIT,
            header,
            subsidiary,
            0,
            money_account=account,
        )
        entry.identify(BANK_DEPOSIT_RECORD, document)
        header["status"] = "Y"
        entered = [line for name in _SUBLISTS for line in self._entered(body, name)]
        self._write(document, payments, entered, is_new=True)
        return document.id

    def update(self, deposit: int, body: Body) -> None:
        """Change a deposit: `payment` puts in and takes out, the other sublists are replaced."""
        document = self.transactions.rows.load(deposit, BANK_DEPOSIT_RECORD)
        if document.header["voided"] == "T":
            raise user_error(LEFT_OUT_WHEN_VOID)
        self.transactions.periods.check_open(document.header)
        entered = self._entered_before(deposit)
        for name, (kind, _sign) in _SUBLISTS.items():
            if name in body:
                entered = [line for line in entered if line.kind != kind]
                entered += self._entered(body, name)
        payments = self._chosen(body, self.payments(deposit))
        changed = self.transactions.records.columns(BANK_DEPOSIT_RECORD, body)
        document.header.update(
            {
                column: value
                for column, value in changed.items()
                if column not in _ONCE and (value is not None or column not in _NEVER_EMPTY)
            }
        )
        if body.get("account") is not None:
            document.money_account = self._account(body, document.currency)
        document.header["lastmodifieddate"] = self.books.stamp()
        self._write(document, payments, entered)

    def empty(self, deposit: int) -> None:
        """Take all payments out of a deposit that is deleted or voided: they wait again."""
        self._link(deposit, [])

    def take_out(self, deposit: int, payment: int) -> None:
        """Take a payment out of a deposit, which is deleted when nothing else is in it."""
        if self.payments(deposit) == [payment] and not self._entered_before(deposit):
            self.transactions.periods.check_open(self.transactions.rows.load(deposit).header)
            self.empty(deposit)
            self.transactions.delete(BANK_DEPOSIT_RECORD, deposit)
            return
        line = {"id": payment, "deposit": False}
        self.update(deposit, {"payment": {"items": [line]}})

    def payments(self, deposit: int) -> list[int]:
        """Return the ids of what a deposit took to the bank, in order."""
        rows = self.books.con.execute(
            "SELECT previousdoc FROM _application WHERE nextdoc = ? AND kind = 'Deposit'"
            " ORDER BY nextline",
            [deposit],
        )
        return [row[0] for row in rows]

    # === FROM THE BODY === #

    def _chosen(self, body: Body, present: list[int]) -> list[int]:
        chosen = dict.fromkeys(present)
        for line in items_of(body, "payment") or ():
            payment = self.books.reference("transaction", {"id": line.get("id")}, "payment")
            if payment is None:
                continue
            if to_bool(line.get("deposit", True), "deposit"):
                chosen[payment] = None
            else:
                chosen.pop(payment, None)
        return list(chosen)

    def _entered(self, body: Body, name: str) -> list[Entered]:
        kind, sign = _SUBLISTS[name]
        lines = []
        for line in items_of(body, name) or ():
            account = self.books.reference("account", line.get("account"), "account")
            if account is None:
                raise invalid_value(None, "account", name)
            amount = sign * to_scaled(line.get("amount"), "amount")
            entity = self.books.reference("entity", line.get("entity"), "entity")
            lines.append(Entered(kind, account, amount, entity, line.get("memo")))
        return lines

    def _entered_before(self, deposit: int) -> list[Entered]:
        kinds = [kind for kind, _sign in _SUBLISTS.values()]
        return [
            Entered(kind, account, -amount, entity, memo)
            for kind, account, amount, entity, memo in self.books.con.execute(_ENTERED, [deposit])
            if kind in kinds
        ]

    def _subsidiary(self, payments: list[int]) -> int:
        if payments:
            found = 'SELECT subsidiary FROM "transaction" WHERE id = ?'
            return int(self.books.scalar(found, payments[0]))
        return int(self.books.scalar("SELECT MIN(id) FROM subsidiary"))

    def _account(self, body: Body, currency: int) -> int:
        given = self.books.reference("account", body.get("account"), "account")
        found = self.books.scalar(
            "SELECT id FROM account WHERE accttype = 'Bank' AND id = COALESCE(?1, id)"
            " ORDER BY COALESCE(currency, ?2) <> ?2, id LIMIT 1",
            given,
            currency,
        )
        if found is None:
            raise invalid_value(given, "account")
        return int(found)

    # === WRITE === #

    def _write(
        self,
        document: Document,
        payments: list[int],
        entered: list[Entered],
        is_new: bool = False,
    ) -> None:
        unit = rounding_unit(self.books.precision(document.currency))
        base_unit = rounding_unit(
            self.books.precision(self.books.base_currency(document.subsidiary))
        )
        if not payments and not entered:
            raise user_error(NOTHING)
        postings = [
            self._deposited(document, payment, number, unit)
            for number, payment in enumerate(payments, start=1)
        ]
        for number, line in enumerate(entered, start=len(payments) + 1):
            foreign = -rounded(line.amount, unit)
            base = times(foreign, document.rate, base_unit)
            postings.append(
                Posting(number, line.kind, line.account, foreign, base, line.entity, memo=line.memo)
            )
        total = -sum(posting.foreign for posting in postings)
        if total < 0:
            raise user_error(NEGATIVE)
        base = times(total, document.rate, base_unit)
        main = Posting(MAIN_LINE, "PAYMENT", document.money_account, total, base, None)
        difference = -base - sum(posting.base for posting in postings)
        if difference:
            account = self.transactions.entry.special_account("FxGain")
            number = len(postings) + 1
            postings.append(Posting(number, "FXVARIANCE", account, 0, difference, None))
        document.payment = total
        self.transactions.rows.write(document, [main, *postings], base, is_new)
        self._link(document.id, postings[: len(payments)], payments)

    def _deposited(self, document: Document, payment: int, number: int, unit: int) -> Posting:
        """Return the line that takes a payment out of Undeposited Funds, at its own value."""
        row = self.books.needed(_WAITING, payment)
        kind, currency, entity, subsidiary, foreign, base, account, special, voided, name = row
        elsewhere = self.books.one(
            "SELECT 1 FROM _application WHERE previousdoc = ? AND kind = 'Deposit'"
            " AND nextdoc <> ?",
            payment,
            document.id,
        )
        waits = kind in _MONEY and special == "UndepFunds" and voided == "F"
        if not waits or elsewhere or subsidiary != document.subsidiary:
            raise user_error(NOT_UNDEPOSITED.format(name), "payment")
        if currency != document.currency:
            foreign = round_half_up(base * SCALE, document.rate * unit) * unit
        return Posting(number, "DEPOSITED", account, -foreign, -base, entity)

    def _link(self, deposit: int, postings: list[Posting], payments: Iterable[int] = ()) -> None:
        """Write which payments a deposit has, and let them know it."""
        before = self.payments(deposit)
        self.books.con.execute(
            "DELETE FROM _application WHERE nextdoc = ? AND kind = 'Deposit'", [deposit]
        )
        stamp = self.books.stamp()
        now = list(payments)
        for payment, posting in zip(now, postings, strict=True):
            self.books.insert(
                "_application",
                {
                    "id": self.books.next_id("application"),
                    "previousdoc": payment,
                    "previousline": MAIN_LINE,
                    "nextdoc": deposit,
                    "nextline": posting.line,
                    "kind": "Deposit",
                    # Nothing of what the payment settles is used by it.
                    **dict.fromkeys(("amount", "previousbase", "nextbase"), 0),
                    "applydate": self.books.today(),
                    "linktype": "Deposit",
                    "foreignamount": abs(posting.foreign),
                    "lastmodifieddate": stamp,
                },
            )
        self.transactions.applications.show("nextdoc = ?", deposit)
        touched = stamp if self.books.switches.deposit_touches_payment else None
        for payment in {*before} ^ {*now}:
            self.transactions.rows.refresh(payment, touched)
