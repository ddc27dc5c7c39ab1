"""Customer payments: what their sublists tie together, and what a client can do with them.

People's payments are held to what the books allow alone; those that are written over REST also to
what the switches of the account say (docs/NETSUITE.md 9.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import (
    invalid_value,
    missing_values,
    not_on_list,
    static_sublist,
    user_error,
)
from .applications import OVER_APPLIED, Application, Item
from .applying import Wanted, payer_of
from .bank_deposits import BankDeposits
from .books import ENTITIES_OF
from .document import Document
from .journals import Journals
from .kinds import DEPOSIT, JOURNAL
from .record_types import CUSTOMER_PAYMENT, DEPOSIT_APPLICATION
from .values import (
    Body,
    items_of,
    line_number,
    rounded,
    rounding_unit,
    to_bool,
    to_decimal,
    to_scaled,
)

CREDITS_EXCEED = "The total of the credits cannot exceed the amount that is applied."
CREDIT_EXCEEDED = "The amount of a credit cannot exceed what is left of it."
IN_DEPOSIT = "This payment is part of a bank deposit; take it off that deposit first."
CLASSIFICATIONS = {"department": "Department", "class": "Class", "location": "Location"}

_UNUSED = """
SELECT id, foreignpaymentamountunused FROM "transaction"
WHERE type = 'CustPymt' AND voided = 'F' AND foreignpaymentamountunused > 0 AND currency = ?
    AND subsidiary = ? AND entity IN {entities} ORDER BY trandate, id
"""


@dataclass(frozen=True)
class Source:
    """A credit or a customer deposit that a payment uses besides its own money.

    :param amount: how much of it, in 1/SCALE; None is as much as is needed.
    """

    item: Item
    type: str
    amount: int | None
    left: int


@dataclass
class Plan:
    """One saving of a payment: what its body says, and what else is to be applied for it.

    :param body: the body, as far as it is about amounts.
    :param is_new: whether the payment is made, not changed.
    :param is_filled: whether its apply lines are the form's own, as in a transformation.
    """

    payments: Payments
    body: Body
    is_new: bool
    is_filled: bool = False
    ties: list[tuple[Source, Item, int]] = field(default_factory=list)

    def settled(self, document: Document, wanted: Wanted, emptied: bool) -> Wanted | None:
        """See `Revision`."""
        return self.payments.settled(self, document, wanted, emptied)

    def tie(self, document: Document) -> None:
        """See `Revision`."""
        for source in dict.fromkeys(source for source, _target, _amount in self.ties):
            parts = {target: amount for each, target, amount in self.ties if each == source}
            self.payments.use(document, source, parts)

    def is_open(self, document: Document) -> bool:
        """See `Revision`."""
        choice = self.payments.books.switches.closed_period_apply
        return self.payments.books.over_rest and choice == "allowed"


class Payments:
    """Makes and changes the customer payments of the books."""

    def __init__(self, journals: Journals, bank_deposits: BankDeposits) -> None:
        self.journals = journals
        self.bank_deposits = bank_deposits
        self.transactions = journals.transactions
        self.applications = journals.applications
        self.applying = journals.transactions.applying
        self.books = journals.books

    # === SAVE === #

    def create(self, body: Body, is_filled: bool = False) -> int:
        """Make a payment, and return its id.

        A payment without `payment` is as large as what it applies without credits. One of nothing
        only ties credits and deposits to what they settle; no record is made of it, and 0 returned.

        :param is_filled: whether its apply lines are the form's own, as in a transformation.
        """
        plan = Plan(self, body, is_new=True, is_filled=is_filled)
        return self.transactions.create(CUSTOMER_PAYMENT, body, revision=plan)

    def update(self, payment: int, body: Body, replace: Iterable[str] = ()) -> None:
        """Change a payment; its sublists merge by document, and by line of a journal."""
        plan = Plan(self, body, is_new=False)
        self.transactions.update(CUSTOMER_PAYMENT, payment, body, replace, revision=plan)

    def take_off_deposit(self, payment: int) -> None:
        """Take a payment off its bank deposit, which goes with its last line."""
        deposit = self._bank_deposit(payment)
        if deposit is not None:
            self.bank_deposits.take_out(deposit, payment)

    def reapply(self, invoice: int) -> None:
        """Do what the account's script does when an invoice is saved: apply unapplied payments."""
        transactions, applications = self.transactions, self.applications
        if self.books.switches.invoice_saved_hook == "none":
            return
        document = transactions.rows.load(invoice)
        target = applications.item(invoice)
        rows = self.books.con.execute(
            _UNUSED.format(entities=ENTITIES_OF.format("?")),
            [document.currency, document.subsidiary, document.customer, document.customer],
        ).fetchall()
        for payment, unused in rows:
            payer = transactions.rows.load(payment)
            closed = transactions.periods.posted(payer.header).locked
            if not closed and self.applying.lists(payer_of(payer), target):
                due = applications.open(target).amount
                transactions.settle(payment, {target: min(due, unused)})

    # === WHAT IS SETTLED BY WHAT === #

    def settled(
        self, plan: Plan, document: Document, wanted: Wanted, emptied: bool
    ) -> Wanted | None:
        """Return what a payment itself settles; the rest is left in the plan's ties.

        :return: None for a payment of nothing that ties something.
        """
        held = {each.target_item: each for each in self.applications.of_payer(document.id)}
        sources = self._sources(plan.body, document)
        if self.books.over_rest:
            self._check_fields(document)
            wanted = self._checked(plan, document, wanted, held)
        if plan.is_new and plan.body.get("payment") is None:
            if not wanted:
                raise missing_values("Payment Amount")
            document.payment = self._amount(wanted, sources)
        elif plan.is_new and self.books.over_rest and not (document.payment or wanted or sources):
            raise missing_values("Payment Amount")
        if sources or self.books.over_rest:
            wanted = self._shared(plan, document, wanted, held, sources, emptied)
        if self.books.over_rest and not plan.is_new:
            self._check_deposited(document, wanted, held, emptied)
        if plan.is_new and plan.ties and not document.payment and not any(wanted.values()):
            if self.books.over_rest and self.books.switches.payment_zero_answer == "refused":
                raise missing_values("Payment Amount")
            return None
        is_late = plan.is_new and self.books.over_rest and not plan.is_filled
        if is_late and self.books.switches.payment_apply_on_post == "unapplied":
            plan.ties.clear()
            return {}
        return wanted

    def _check_fields(self, document: Document) -> None:
        """Refuse a payment without what the account's form wants of it."""
        switches = self.books.switches
        missing = []
        if switches.payment_method_required and document.header.get("paymentmethod") is None:
            missing.append("Payment Method")
        given = {
            "department": document.department,
            "class": document.classification,
            "location": document.location,
        }
        wanted = switches.classification_required
        missing += [CLASSIFICATIONS[name] for name in wanted if given[name] is None]
        if missing:
            raise missing_values(*missing)

    def _checked(
        self,
        plan: Plan,
        document: Document,
        wanted: Wanted,
        held: Mapping[Item, Application],
    ) -> Wanted:
        """Return the apply lines of a client as far as the account takes them."""
        switches = self.books.switches
        payer = payer_of(document)
        is_late = plan.is_new and not plan.is_filled and any(each != 0 for each in wanted.values())
        if is_late and switches.payment_apply_on_post == "refused":
            raise static_sublist("apply")
        checked: Wanted = {}
        for item, amount in wanted.items():
            present = held[item].money if item in held else 0
            if not present:
                if amount == 0:
                    continue
                if not self.applying.lists(payer, item):
                    self._refuse_unlisted(item, "apply")
                    continue
                if amount is None and switches.apply_without_amount == "refused":
                    raise missing_values("Amount")
                if amount is None and switches.apply_without_amount == "zero":
                    continue
            due = self.applications.open(item).amount + present
            if amount is not None and amount > due:
                if switches.apply_over_due == "refused":
                    raise user_error(OVER_APPLIED, "apply")
                amount = due
            checked[item] = amount
        return checked

    def _refuse_unlisted(self, item: Item, sublist: str) -> None:
        """Refuse a line that is not on the list, or let it be."""
        choice = self.books.switches.apply_unknown_doc if self.books.over_rest else "invalid_value"
        if choice == "fixed_list":
            raise not_on_list(sublist)
        if choice == "invalid_value":
            raise invalid_value(item.document, "doc", sublist)

    def _amount(self, wanted: Wanted, sources: list[Source]) -> int:
        """Return how large a payment is whose body does not say it."""
        applied = sum(
            self.applications.open(item).amount if amount is None else amount
            for item, amount in wanted.items()
        )
        used = sum(_most(source) for source in sources)
        return max(0, applied - used)

    def _shared(
        self,
        plan: Plan,
        document: Document,
        wanted: Wanted,
        held: Mapping[Item, Application],
        sources: list[Source],
        emptied: bool,
    ) -> Wanted:
        """Share what is applied out: first to the credits and deposits, then to the payment."""
        switches = self.books.switches
        raises = self.books.over_rest and switches.apply_over_payment == "raised"
        unit = rounding_unit(self.books.precision(document.currency))
        kept = sum(each.money for item, each in held.items() if item not in wanted and not emptied)
        used_otherwise = 0
        if not plan.is_new:
            before = self.transactions.rows.load(document.id)
            left = self.applications.open(self.applications.item(document.id)).amount
            # What refunds took of it.
            used_otherwise = before.total - left - sum(each.money for each in held.values())
        money = document.payment - kept - used_otherwise
        rest = money + sum(_most(source) for source in sources)
        amounts: dict[Item, int] = {}
        for item, given in wanted.items():
            present = held[item].money if item in held else 0
            due = self.applications.open(item).amount
            if given is not None:
                amount = rounded(given, unit)
            elif present:
                amount = present
            else:
                amount = due if raises else min(due, rest)
                if amount <= 0:
                    raise user_error(OVER_APPLIED, "apply")
            amounts[item] = amount
            rest -= amount
        self._share_sources(plan, amounts, held, sources)
        if raises:
            document.payment += max(0, sum(amounts.values()) - money)
        return {item: amount for item, amount in amounts.items() if amount or item in held}

    def _share_sources(
        self,
        plan: Plan,
        amounts: dict[Item, int],
        held: Mapping[Item, Application],
        sources: list[Source],
    ) -> None:
        """Let sources pay parts of the amounts, which the payment then need not."""
        for source in sources:
            left = _most(source)
            for item in amounts:
                present = held[item].money if item in held else 0
                part = min(left, amounts[item] - present)
                if part > 0:
                    plan.ties.append((source, item, part))
                    amounts[item] -= part
                    left -= part
            if left and source.amount is not None:
                raise user_error(CREDITS_EXCEED, "credit")

    def _sources(self, body: Body, document: Document) -> list[Source]:
        """Return the credits and deposits that a body chooses.

        :raise BookError: for what is not on their lists, or has less left.
        """
        sources = []
        for sublist in ("credit", "deposit"):
            for line in items_of(body, sublist) or []:
                if line.get("doc") is None:
                    raise missing_values("Doc")
                given = line.get("amount")
                amount = None if given is None else to_scaled(given, "amount")
                if amount is not None and amount < 0:
                    raise invalid_value(given, "amount", sublist)
                chosen = to_bool(line.get("apply", amount != 0), "apply")
                found = self._source(line, sublist, document, amount)
                if found is None or not chosen or amount == 0:
                    continue
                if amount is not None and amount > found.left:
                    raise user_error(CREDIT_EXCEEDED, sublist)
                sources.append(found)
        return sources

    def _source(
        self, line: Body, sublist: str, document: Document, amount: int | None
    ) -> Source | None:
        number = self.books.reference("transaction", line["doc"], f"{sublist}.doc") or 0
        item = self.applications.item(number, line_number(line), credit=sublist == "credit")
        kind = self.books.scalar('SELECT type FROM "transaction" WHERE id = ?', number)
        if (kind == DEPOSIT) != (sublist == "deposit") or not self._lists(document, item, kind):
            self._refuse_unlisted(item, sublist)
            return None
        return Source(item, kind, amount, self.applications.open(item).amount)

    def _lists(self, document: Document, item: Item, kind: str) -> bool:
        """Whether a credit or a deposit is one that the payment could use."""
        if item.document == document.id:
            return False
        if kind != DEPOSIT:
            return self.applying.lists(payer_of(document), item, credit=True)
        deposit = self.transactions.rows.load(item.document)
        same = (
            deposit.customer == document.customer
            and deposit.currency == document.currency
            and deposit.subsidiary == document.subsidiary
            and deposit.header["voided"] == "F"
        )
        return same and self.applications.open(item).amount > 0

    def use(self, document: Document, source: Source, parts: Mapping[Item, int]) -> None:
        """Let a credit or a deposit settle parts of items, whatever its own period is."""
        if source.type == JOURNAL:
            for target, amount in parts.items():
                self.journals.apply(source.item, target, amount, in_any_period=True)
        elif source.type == DEPOSIT:
            lines = [
                {
                    "doc": {"id": target.document},
                    "line": target.line,
                    "apply": True,
                    "amount": to_decimal(amount),
                }
                for target, amount in parts.items()
            ]
            body = {
                "customer": {"id": document.entity},
                "currency": {"id": document.currency},
                "subsidiary": {"id": document.subsidiary},
                "arAcct": {"id": document.receivable},
                "tranDate": document.header["trandate"],
                "apply": {"items": lines},
            }
            number = source.item.document
            self.transactions.create(DEPOSIT_APPLICATION, body, created_from=number)
        else:
            self.transactions.settle(source.item.document, parts, in_any_period=True)

    # === BY A SCRIPT === #

    def set_lines(self, payment: int, lines: Iterable[Body]) -> list[Item]:
        """Set what a payment gives, and which discounts it takes, as scripts can; return the items.

        Each line says how it shall be: without `amount` what the payment gives stays, or becomes
        all that is possible; so does the discount without `disc`.
        """
        transactions, applications = self.transactions, self.applications
        items = []
        for line in lines:
            number = self.books.reference("transaction", line.get("doc"), "doc")
            if number is None:
                raise missing_values("Doc")
            item = applications.item(number, line_number(line))
            present = applications.between(payment, item)
            payer = payer_of(transactions.rows.load(payment))
            if present is None and not self.applying.lists(payer, item):
                raise not_on_list("apply")
            amount = None if present is None else present.money
            discount = 0 if present is None else present.discount
            if line.get("amount") is not None:
                amount = to_scaled(line["amount"], "amount")
            if line.get("disc") is not None:
                discount = to_scaled(line["disc"], "disc")
            if discount < 0 or (amount or 0) < 0:
                raise invalid_value(line.get("disc") or line.get("amount"), "disc", "apply")
            transactions.take_off(payment, item)
            if to_bool(line.get("apply", True), "apply") and (amount != 0 or discount):
                transactions.settle(payment, {item: amount}, {item: discount})
            items.append(item)
        return items

    def shown_lines(self, payment: int, items: Iterable[Item]) -> list[dict[str, Any]]:
        """Return what a payment gives, and which discounts it takes, of these items."""
        lines = []
        for item in dict.fromkeys(items):
            found = self.applications.between(payment, item)
            amount, discount = (found.money, found.discount) if found is not None else (0, 0)
            lines.append(
                {
                    "doc": item.document,
                    "line": item.line,
                    "apply": found is not None,
                    "amount": to_decimal(amount),
                    "disc": to_decimal(discount),
                }
            )
        return lines

    # === DEPOSITED === #

    def _bank_deposit(self, payment: int) -> int | None:
        found = self.books.scalar(
            "SELECT nextdoc FROM _application WHERE previousdoc = ? AND kind = 'Deposit'", payment
        )
        return None if found is None else int(found)

    def _check_deposited(
        self,
        document: Document,
        wanted: Wanted,
        held: Mapping[Item, Application],
        emptied: bool,
    ) -> None:
        """Refuse to change the money of a payment that went to the bank, or to unapply it."""
        if self._bank_deposit(document.id) is None:
            return
        before = self.transactions.rows.load(document.id)
        if _money(before) != _money(document):
            raise user_error(IN_DEPOSIT)
        lowered = any(
            emptied if item not in wanted else (wanted[item] or 0) < each.money
            for item, each in held.items()
        )
        if lowered and self.books.switches.deposited_payment_unapply == "refused":
            raise user_error(IN_DEPOSIT, "apply")


def _most(source: Source) -> int:
    """Return how much a source can give."""
    return source.left if source.amount is None else source.amount


def _money(document: Document) -> tuple[int, int, int, int]:
    return document.payment, document.money_account, document.currency, document.rate
