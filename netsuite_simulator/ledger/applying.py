"""Apply sublists: what a body wants applied, and which documents a payer can settle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..errors import BookError, invalid_value, missing_values, user_error
from .applications import OVER_APPLIED, Applications, Item
from .books import ENTITIES_OF, Books
from .document import Document
from .kinds import CREDITS, DEBITS, DEPOSIT, JOURNAL, PAYERS, PAYMENT, REFUND
from .values import Body, items_of, line_number, rounded, rounding_unit, to_bool, to_scaled

Wanted = dict[Item, int | None]
"""Amount per item: 0 takes it off, None is all that is possible."""

_CANDIDATES = """
SELECT id, line, left FROM (
SELECT t.id AS id, {line} AS line, t.{left} AS left, COALESCE(t.duedate, t.trandate) AS day
FROM "transaction" t
JOIN transactionaccountingline a ON a."transaction" = t.id AND a.transactionline = {line}
WHERE t.entity IN {entities} AND t.type IN ({types}) AND t.{left} > 0 AND t.currency = ?2
    AND t.subsidiary = ?3 AND a.account = ?4
UNION ALL
SELECT t.id, l.id, l.{left}, t.trandate FROM transactionline l
JOIN "transaction" t ON t.id = l."transaction" AND t.currency = ?2
JOIN transactionaccountingline a ON a."transaction" = t.id AND a.transactionline = l.id
WHERE l.entity IN {entities} AND l.transactionlinetype = 'JOURNAL' AND l.{left} > 0
    AND l.subsidiary = ?3 AND a.account = ?4
) ORDER BY day, id, line
"""


# Those whose documents are a customer's (1) or its sub-customers', however far below.
_ENTITIES_BELOW = """(WITH RECURSIVE below(id) AS (
    SELECT ?1 UNION SELECT c.id FROM _customer c JOIN below b ON c.parent = b.id
) SELECT id FROM below
UNION ALL SELECT j.id FROM job j JOIN below b ON b.id = COALESCE(j.customer, j.parent))"""


@dataclass(frozen=True)
class Payer:
    """What applies: a document, or one credit line of a journal.

    :param line: the line of a journal, None for others.
    :param entity: the customer.
    :param receivable: its A/R account.
    """

    id: int
    type: str
    entity: int
    currency: int
    subsidiary: int
    receivable: int
    line: int | None = None


def payer_of(document: Document) -> Payer:
    """Return a document as what applies."""
    return Payer(
        document.id,
        document.type,
        document.customer,
        document.currency,
        document.subsidiary,
        document.receivable,
    )


class Applying:
    """Applies payers as their sublists say."""

    def __init__(self, books: Books, applications: Applications) -> None:
        self.books = books
        self.applications = applications

    def wanted(self, code: str, body: Body, sublist: str = "apply") -> Wanted:
        """Return what the body of a transaction of that type wants applied.

        :raise BookError: for lines that name no document, or a negative amount.
        """
        wanted: Wanted = {}
        if code not in PAYERS:
            return wanted
        for index, line in enumerate(items_of(body, sublist) or []):
            path = f"{sublist}.items[{index}].doc"
            if line.get("doc") is None:
                raise missing_values("Doc")
            target = self.books.reference("transaction", line["doc"], path) or 0
            amount = line.get("amount")
            scaled = None if amount is None else to_scaled(amount, "amount")
            if scaled is not None and scaled < 0:
                raise invalid_value(amount, "amount", f"{sublist}.items[{index}].amount")
            if not to_bool(line.get("apply", scaled != 0), "apply"):
                scaled = 0
            item = self.applications.item(target, line_number(line), credit=code == REFUND)
            wanted[item] = scaled
        return wanted

    def take_off(self, document: Document, wanted: Wanted, emptied: bool) -> list[int]:
        """Remove the applications that the body removes or changes; `wanted` keeps the latter.

        The deposits of a refund are chosen once, when it is made.
        """
        removed = []
        for application in self.applications.of_payer(document.id):
            target = application.target_item
            if target in wanted:
                amount = wanted[target]
                if amount is None or amount == application.money:
                    del wanted[target]
                    continue
            elif not emptied or self._is_deposit(application.target):
                continue
            self.applications.remove(application)
            removed.append(application.target)
        return removed

    def _is_deposit(self, document: int) -> bool:
        kind = self.books.scalar('SELECT type FROM "transaction" WHERE id = ?', document)
        return bool(kind == DEPOSIT)

    def apply_all(
        self,
        payer: Payer,
        wanted: Mapping[Item, int | None],
        discounts: Mapping[Item, int] | None = None,
    ) -> list[int]:
        """Apply a payer as wanted, and return the documents that it settles.

        :param discounts: discounts that are taken besides, per item, in 1/SCALE.

        :raise BookError: for what it cannot settle, or more than either side has left.
        """
        unit = rounding_unit(self.books.precision(payer.currency))
        targets = []
        for target, given in wanted.items():
            amount = None if given is None else rounded(given, unit)
            discount = rounded((discounts or {}).get(target, 0), unit)
            if amount == 0 and not discount:
                continue
            self._check_pair(payer, target)
            if amount is None:
                amount = self.applications.open(target).amount - discount
                left = self.applications.available(payer.id, payer.line)
                if left is not None:
                    amount = min(amount, left.amount)
                if amount <= 0:
                    raise user_error(OVER_APPLIED, "apply")
            self.applications.add(
                payer.id, target, amount + discount, self.books.today(), payer.line, discount
            )
            targets.append(target.document)
        return targets

    def apply_rest(self, payer: Payer) -> list[int]:
        """Apply the rest of a payer to the oldest open items, and return what it settles."""
        available = self.applications.available(payer.id)
        left = available.amount if available is not None else 0
        targets = []
        for target, due in self.candidates(payer):
            if left <= 0:
                break
            amount = min(left, due)
            self.applications.add(payer.id, target, amount, self.books.today())
            targets.append(target.document)
            left -= amount
        return targets

    def candidates(self, payer: Payer, below: bool = False) -> list[tuple[Item, int]]:
        """Return (item, open amount) of what a payer could settle, the oldest first.

        :param below: whether those of its customer's sub-customers belong to them.
        """
        if self._is_kept_from_paying(payer):
            return []
        types = tuple(sorted(DEBITS))
        left, line = "foreignamountunpaid", "0"
        if payer.type == REFUND:
            types, left = tuple(sorted(CREDITS)), "foreignpaymentamountunused"
            line = f"CASE t.type WHEN '{PAYMENT}' THEN 1 ELSE 0 END"
        marks = ", ".join(f"'{code}'" for code in types)
        entities = _ENTITIES_BELOW if below else ENTITIES_OF.format("?1")
        rows = self.books.con.execute(
            _CANDIDATES.format(types=marks, left=left, line=line, entities=entities),
            [payer.entity, payer.currency, payer.subsidiary, payer.receivable],
        )
        return [(Item(row[0], row[1]), row[2]) for row in rows]

    def lists(self, payer: Payer, item: Item, credit: bool = False) -> bool:
        """Return whether an item is on a payer's list: it can be settled, and is open.

        :param credit: whether the list of the credits is meant that a payment can use.
        """
        try:
            self._check_pair(replace(payer, type=REFUND) if credit else payer, item)
        except BookError:
            return False
        return self.applications.open(item).amount > 0

    def is_consolidated(self, payer: Payer) -> bool:
        """Return whether a payer settles what sub-customers owe, too."""
        choice = self.books.switches.consolidated_payments
        return payer.type == PAYMENT and choice != "off"

    def _is_kept_from_paying(self, payer: Payer) -> bool:
        """Whether only its parent may pay."""
        if payer.type != PAYMENT or self.books.switches.consolidated_payments != "top_level_only":
            return False
        parent = self.books.scalar("SELECT parent FROM _customer WHERE id = ?", payer.entity)
        return parent is not None

    def _check_pair(self, payer: Payer, target: Item) -> None:
        """Refuse an item that the payer cannot settle, as if it were not on its list."""
        row = self.books.one(
            "SELECT t.type, l.foreignamount, a.account, l.entity, t.voided, t.currency,"
            ' l.subsidiary, a.posting FROM "transaction" t'
            ' JOIN transactionline l ON l."transaction" = t.id AND l.id = ?'
            ' JOIN transactionaccountingline a ON a."transaction" = t.id'
            " AND a.transactionline = l.id WHERE t.id = ?",
            target.line,
            target.document,
        )
        if (
            row is None
            or target.document == payer.id
            or not self._is_kind_for(payer, *row[:3])
            or tuple(row[4:]) != ("F", payer.currency, payer.subsidiary, "T")
            or self._is_kept_from_paying(payer)
        ):
            raise invalid_value(target.document, "doc", "apply")
        customer = self.books.customer_of(row[3]) or 0
        if customer != payer.entity and not self._may_pay_for(payer, customer):
            raise invalid_value(target.document, "doc", "apply")

    def _is_kind_for(self, payer: Payer, code: str, amount: int, account: int) -> bool:
        if payer.type == REFUND and code == DEPOSIT:
            return True
        wanted = CREDITS if payer.type == REFUND else DEBITS
        if code == JOURNAL:
            return (amount < 0) == (payer.type == REFUND) and account == payer.receivable
        return code in wanted and account == payer.receivable

    def _may_pay_for(self, payer: Payer, entity: int) -> bool:
        if not self.is_consolidated(payer):
            return False
        found = self.books.one(
            "WITH RECURSIVE up(id) AS (SELECT ? UNION SELECT c.parent FROM _customer c"
            " JOIN up ON c.id = up.id WHERE c.parent IS NOT NULL) SELECT 1 FROM up WHERE id = ?",
            entity,
            payer.entity,
        )
        return found is not None
