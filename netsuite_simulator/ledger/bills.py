"""What stands on a customer's account beside plain invoices, each made in one step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import user_error
from .ledger import Ledger
from .record_types import RecordType, record_type
from .values import to_decimal, to_scaled

Params = Mapping[str, Any]
_RETENTION_ITEM = "RETENTION"


class Bills:
    """Makes invoices, charges and custom transactions of an amount.

    All take `{customer, amount, currency?, date?, number?, body?}`: the customer may be one of its
    projects, `currency` is an ISO code, and `body` holds further fields of the record.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.books = ledger.books

    def bill(self, params: Params) -> int:
        """Make an invoice; `instalments` are `[{date, amount}]`, `retention` is kept back.

        A retention is an item on a receivable account (`retention_account`, its id): it leaves the
        invoice's total, and is a receivable that no payment settles.
        """
        lines = [self._line(params["amount"])]
        kept = params.get("retention")
        if kept is not None:
            item = self._retention_item(params.get("retention_account"))
            lines.append({"item": {"id": item}, "amount": to_decimal(-to_scaled(kept, "amount"))})
        parts = params.get("instalments")
        more: dict[str, Any] = {}
        if parts:
            items = [{"dueDate": part["date"], "amount": part["amount"]} for part in parts]
            more["installment"] = {"items": items}
        return self._make(record_type("invoice"), params, lines, more)

    def charge(self, params: Params) -> int:
        """Make a statement charge."""
        kind = record_type("customerCharge")
        return self._make(kind, params, [self._line(params["amount"])], {})

    def finance_charge(self, params: Params) -> int:
        """Make a finance charge, an invoice with a mark; a switch says which type it has."""
        kind = record_type("invoice")
        memo = {"memo": "Finance Charge"}
        charge = self._make(kind, params, [self._line(params["amount"])], memo)
        code = self.books.switches.finance_charge_type
        self.books.change("transaction", "id", charge, {"isfinchrg": "T", "type": code})
        return charge

    def custom_transaction(self, params: Params) -> int:
        """Make a transaction of a type of the account's own; `type` is its code."""
        kind = record_type(str(params.get("type") or "CuTrSale101"))
        return self._make(kind, params, [self._line(params["amount"])], {})

    def _make(
        self, kind: RecordType, params: Params, lines: list[dict[str, Any]], more: dict[str, Any]
    ) -> int:
        body = {
            "entity": {"id": params["customer"]},
            "item": {"items": lines},
            **more,
            **(params.get("body") or {}),
        }
        for name, field in (("date", "tranDate"), ("number", "tranId")):
            if params.get(name) is not None:
                body[field] = params[name]
        if params.get("currency") is not None:
            body["currency"] = {"id": currency_id(self.ledger, params["currency"])}
        return self.ledger.create(kind.name, body)

    def _line(self, amount: Any) -> dict[str, Any]:
        item = self.books.scalar("SELECT MIN(id) FROM item WHERE isinactive = 'F'")
        return {"item": {"id": item}, "amount": amount}

    def _retention_item(self, account: Any) -> int:
        """Return the item whose income account is a receivable one, made when first needed."""
        found = self.books.scalar(
            "SELECT MIN(i.id) FROM item i JOIN account a ON a.id = i.incomeaccount"
            " WHERE a.accttype = 'AcctRec' AND a.id = COALESCE(?, a.id)",
            account,
        )
        if found is not None:
            return int(found)
        chosen = account or self.books.scalar(
            "SELECT MAX(id) FROM account WHERE accttype = 'AcctRec' AND isinactive = 'F'"
        )
        name = _RETENTION_ITEM if account is None else f"{_RETENTION_ITEM} {account}"
        body = {"itemId": name, "displayName": "Retention", "incomeAccount": {"id": chosen}}
        return self.ledger.create("item", body)


def currency_id(ledger: Ledger, code: Any) -> int:
    """Return the internal id of a currency by its ISO code.

    :raise BookError: when the account does not have it.
    """
    found = ledger.books.scalar("SELECT id FROM currency WHERE symbol = ?", str(code))
    if found is None:
        raise user_error(f"There is no currency {code}.")
    return int(found)
