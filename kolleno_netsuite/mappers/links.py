"""What a transaction applies: the links that NetSuite keeps between it and what it pays.

The type of a link tells an application from other relations, and not all its words are known
(docs/NETSUITE.md 4.6). Where a word is unknown, or a link has no amount, what is used of the payer
decides: its links have to add up to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ..client import dto
from ..const import JOURNAL_TYPE

ZERO = Decimal(0)
# What a deposit application uses up of its deposit, and what a refund pays out, have types of
# their own in some accounts.
LINK_TYPES = ("Payment", "DepAppl", "DepRfnd", "Refund")
# ``transaction.type`` of a customer deposit.
DEPOSIT_CODE = "CustDep"
# Never open themselves: all of them is used.
_USED_WHOLLY = ("depositapplication", "customerrefund")


@dataclass(frozen=True)
class Link:
    """One application: this document pays `amount` of the document `paid`.

    :param amount: positive, in the currency of both documents.
    :param deposit: `paid` is a customer deposit, of which so much is used up.
    """

    line: int
    paid: int
    paid_line: int
    amount: Decimal
    deposit: bool = False


@dataclass(frozen=True)
class Links:
    """What the links of one transaction say.

    :param applied: the applications, one per pair of lines.
    :param unclear: internal ids of linked documents of which it is not known how much is applied.
    """

    applied: tuple[Link, ...] = ()
    unclear: tuple[int, ...] = ()


def read_links(payload: Mapping[str, Any], record_type: str) -> Links:
    """Return the applications of a landed payload.

    A link whose type is unknown is an application as far as the known ones leave something of
    what is used; a single one without amount then has the rest.

    :param payload: as for `transaction.read_transaction`.
    :raise ShapeError: a value is not of its kind.
    """
    groups: dict[object, list[tuple[Link, bool]]] = {}
    for link, is_known in _pairs(payload.get("links") or ()):
        groups.setdefault(_group(link, record_type), []).append((link, is_known))
    found = Links()
    for group, pairs in groups.items():
        known = tuple(link for link, is_known in pairs if is_known and link.amount)
        doubtful = [link for link, is_known in pairs if not (is_known and link.amount)]
        settled = (
            _settle(doubtful, _used(payload, record_type, group), known) if doubtful else Links()
        )
        found = Links(found.applied + known + settled.applied, found.unclear + settled.unclear)
    return found


def with_discount(
    links: Links, payload: Mapping[str, Any], money: Decimal, settled: Decimal
) -> Links:
    """Return the links of a payment, with the discount that the customer took.

    Whether NetSuite counts it in the link is not documented. Where it does not, what is settled is
    more than what the links say, by just the discount.

    :param money: what was paid, positive.
    :param settled: what the payment takes off the customers' balances, positive.
    """
    discount = settled - money
    left = _unused([payload["row"], *(payload.get("lines") or ())])
    if discount <= ZERO or left is None or not links.applied:
        return links
    missing = settled - left - sum((link.amount for link in links.applied), ZERO)
    if missing != discount:
        return links
    if len(links.applied) > 1:
        return Links(links.applied, _documents((*links.applied,)))
    (link,) = links.applied
    return Links((replace(link, amount=link.amount + discount),), links.unclear)


def deposited_payments(payload: Mapping[str, Any]) -> Links:
    """Return what a bank deposit took to the bank, each as a link of its line to the payment.

    :param payload: as for `read_links`; any type of link counts.
    """
    found: dict[int, Link] = {}
    for raw in payload.get("links") or ():
        amount = abs(dto.decimal(raw, "foreignamount", ZERO))
        paid = dto.integer(raw, "previousdoc")
        line = dto.integer(raw, "nextline", 0)
        found.setdefault(paid, Link(line, paid, dto.integer(raw, "previousline", 0), amount))
    return Links(tuple(found.values()))


def _pairs(raw_links: Iterable[dto.Row]) -> list[tuple[Link, bool]]:
    """Return the links, one per pair of lines, and whether each is known as an application.

    NetSuite can split a pair over rows.
    """
    amounts: dict[tuple[int, int, int, bool, bool], Decimal] = {}
    for raw in raw_links:
        key = (
            dto.integer(raw, "nextline", 0),
            dto.integer(raw, "previousdoc"),
            dto.integer(raw, "previousline", 0),
            dto.text(raw, "previoustype", "") == DEPOSIT_CODE,
            dto.text(raw, "linktype", LINK_TYPES[0]) in LINK_TYPES,
        )
        amount = abs(dto.decimal(raw, "foreignamount", ZERO))
        amounts[key] = amounts.get(key, ZERO) + amount
    paid = {key[:3] for key, amount in amounts.items() if amount}
    return [
        (Link(line, document, paid_line, amount, deposit), is_known)
        for (line, document, paid_line, deposit, is_known), amount in amounts.items()
        if amount or (line, document, paid_line) not in paid
    ]


def _group(link: Link, record_type: str) -> object:
    """Return what of a transaction a link uses: its links of one group add up to that."""
    if record_type == JOURNAL_TYPE:
        return link.line
    # A deposit application takes as much out of deposits as it pays of invoices.
    return record_type == "depositapplication" and link.deposit


def _used(payload: Mapping[str, Any], record_type: str, group: object) -> Decimal | None:
    """Return how much of a transaction, or of a journal's line, is used; None if not told."""
    rows = [payload["row"], *(payload.get("lines") or ())]
    if record_type == JOURNAL_TYPE:
        rows = [row for row in rows[1:] if dto.integer(row, "line", 0) == group]
        totals = [dto.decimal(row, "foreignamount", None) for row in rows]
    else:
        totals = [dto.decimal(rows[0], "foreigntotal", None)]
    total = next((abs(each) for each in totals if each is not None), None)
    if total is None or record_type in _USED_WHOLLY:
        return total
    left = _unused(rows)
    return None if left is None else total - left


def _unused(rows: Iterable[dto.Row]) -> Decimal | None:
    """Return what is left of a payer, wherever NetSuite tells it; None where it does not."""
    told = (dto.decimal(row, "foreignpaymentamountunused", None) for row in rows)
    return next((abs(each) for each in told if each is not None), None)


def _settle(doubtful: list[Link], used: Decimal | None, known: tuple[Link, ...]) -> Links:
    """Return which of `doubtful` are applications: what the known ones leave of `used` decides."""
    told = tuple(link for link in doubtful if link.amount)
    empty = tuple(link for link in doubtful if not link.amount)
    if used is None:
        # A link without amount is mostly what was left when something was taken off.
        return Links(unclear=_documents(told))
    rest = used - sum((link.amount for link in known), ZERO)
    if rest <= ZERO:
        return Links()
    left = rest - sum((link.amount for link in told), ZERO)
    if left < ZERO:
        return Links(unclear=_documents(doubtful))
    if left and len(empty) == 1:
        return Links((*told, replace(empty[0], amount=left)))
    return Links(told, _documents(empty) if left else ())


def _documents(links: Iterable[Link]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(link.paid for link in links))
