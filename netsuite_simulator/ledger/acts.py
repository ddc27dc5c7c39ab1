"""What a person does in NetSuite's user interface, by name."""

# ruff: noqa: S608 - names in composed SQL come from the schema, values are always bound

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..clock import stored
from ..errors import BookError, invalid_value
from .applications import Item
from .bills import Bills, currency_id
from .kinds import BANK_DEPOSIT, JOURNAL, PAYMENT, REFUND
from .ledger import Ledger
from .record_types import NUMBERING, RecordType, record_type
from .values import to_date, to_datetime, to_decimal, to_scaled

Params = Mapping[str, Any]


class Acts:
    """The acts of the control interface. All ids may be numbers or texts of digits.

    :param ledger: the books in which a person acts.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.books = ledger.books
        self.bills = Bills(ledger)
        self.by_name: dict[str, Callable[[Params], dict[str, Any]]] = {
            "create": self.create,
            "edit": self.edit,
            "transform": self.transform,
            "apply": self.apply,
            "unapply": self.unapply,
            "void": self.void,
            "approve": self.approve,
            "reverse": self.reverse,
            "delete": self.delete,
            "merge": self.merge,
            "attach": self.attach,
            "detach": self.detach,
            "touch": self.touch,
            "set_inactive": self.set_inactive,
            "set_stage": self.set_stage,
            "set_numbering": self.set_numbering,
            "set_rate": self.set_rate,
            "close_period": lambda params: self.set_period(params, closed=True),
            "open_period": lambda params: self.set_period(
                params, closed=False, arLocked=False, allLocked=False
            ),
            "lock_period": lambda params: self.set_period(params, arLocked=True),
            "bill": lambda params: self._bill(self.bills.bill, params),
            "charge": lambda params: self._bill(self.bills.charge, params),
            "finance_charge": lambda params: self._bill(self.bills.finance_charge, params),
            "custom_transaction": lambda params: self._bill(self.bills.custom_transaction, params),
            "job": self.job,
            "revalue": self.revalue,
            "empty_link": self.empty_link,
            **ledger.files.acts,
        }

    def perform(self, name: str, params: Params) -> dict[str, Any]:
        """Perform an act; `stamp` among the params is the lastmodifieddate to write.

        :param params: `stamp` is an ISO time; a past one is a change that becomes visible late.
            `by` is the internal id of the employee who acts.
        :return: at least `lastmodifieddate`, the stamp that was written, stored form in UTC.
        :raise BookError: for an unknown act, missing params, or what the books refuse.
        """
        act = self.by_name.get(name)
        if act is None:
            raise BookError(400, "INVALID_REQUEST", f"There is no act {name!r}.")
        given = params.get("stamp")
        stamp = to_datetime(given, "stamp") if given is not None else None
        by = _id(params, "by") if params.get("by") is not None else None
        with self.books.session(), self.books.stamped(stamp), self.books.acting(by):
            result = act(params)
        result.setdefault("lastmodifieddate", stamp or stored(self.books.clock.now()))
        return result

    def create(self, params: Params) -> dict[str, Any]:
        """`{type, body}`: create a record. A person's payments do not apply themselves."""
        kind = record_type(_needed(params, "type"))
        body = dict(params.get("body") or {})
        if kind.code == "CustPymt":
            body.setdefault("autoApply", False)
        return {"id": self.ledger.create(kind.name, body)}

    def _bill(self, make: Callable[[Params], int], params: Params) -> dict[str, Any]:
        """Make something that is billed; see `Bills`."""
        _needed(params, "amount")
        return {"id": make({**params, "customer": _id(params, "customer")})}

    def job(self, params: Params) -> dict[str, Any]:
        """`{customer, name, body?}`: open a project of a customer."""
        customer = {"customer": {"id": _id(params, "customer")}}
        name = {"companyName": _needed(params, "name")}
        return {"id": self.ledger.create("job", {**(params.get("body") or {}), **customer, **name})}

    def revalue(self, params: Params) -> dict[str, Any]:
        """`{date, currency, subsidiary?, rate?, amount?}`: revalue receivables at a month's end.

        `ids` of the answer are the revaluations, each followed by its reversal on the next day.
        """
        subsidiary = params.get("subsidiary") or self.books.scalar("SELECT MIN(id) FROM subsidiary")
        made = self.ledger.revaluations.revalue(
            to_date(_needed(params, "date"), "date"),
            currency_id(self.ledger, _needed(params, "currency")),
            int(subsidiary),
            params.get("rate"),
            params.get("amount"),
        )
        return {"id": made[0], "ids": made}

    def empty_link(self, params: Params) -> dict[str, Any]:
        """`{payer, doc?}`: let links show no amount, as those of some old transactions do."""
        payer = _id(params, "payer")
        target = None if params.get("doc") is None else _id(params, "doc")
        self.ledger.transactions.applications.empty(payer, target)
        return {"id": payer}

    def edit(self, params: Params) -> dict[str, Any]:
        """`{type, id, body, replace?}`: change a record."""
        kind, record_id = record_type(_needed(params, "type")), _id(params)
        body = params.get("body") or {}
        self.ledger.update(kind.name, record_id, body, params.get("replace") or ())
        return {"id": record_id}

    def transform(self, params: Params) -> dict[str, Any]:
        """`{type, id, target, body?}`: make one record out of another."""
        kind, target = record_type(_needed(params, "type")), record_type(_needed(params, "target"))
        body = params.get("body") or {}
        return {"id": self.ledger.transform(kind.name, _id(params), target.name, body)}

    def apply(self, params: Params) -> dict[str, Any]:
        """`{payer, payer_line?, doc, doc_line?, amount?, disc?}`: apply a payer to what it settles.

        The lines are those of journals, needed where one has several. The amount comes on top of
        what is applied already; without one, all that is possible. `disc` is a discount that the
        customer takes besides the amount, on a payment only.
        """
        applications = self.ledger.transactions.applications
        payer, kind = self._payer(params)
        amount = params.get("amount")
        target = self._target(params, kind)
        if kind.code == JOURNAL:
            scaled = None if amount is None else to_scaled(amount, "amount")
            self.ledger.journals.apply(payer, target, scaled)
            return {"id": payer.document}
        if params.get("disc") is not None:
            self._apply_with_discount(payer, kind, target, params)
            return {"id": payer.document}
        present = applications.between(payer.document, target)
        if present is not None:
            left = applications.open(target).amount
            available = applications.available(payer.document)
            if available is not None:
                left = min(left, available.amount)
            more = left if amount is None else to_scaled(amount, "amount")
            amount = to_decimal(present.money + more)
        line = _apply_line(target)
        if amount is not None:
            line["amount"] = amount
        self.ledger.update(kind.name, payer.document, {"apply": {"items": [line]}})
        return {"id": payer.document}

    def _apply_with_discount(
        self, payer: Item, kind: RecordType, target: Item, params: Params
    ) -> None:
        """Apply a payment with a discount; over REST there is no field for it."""
        discount = to_scaled(params["disc"], "disc")
        if kind.code != PAYMENT or discount < 0:
            raise invalid_value(params["disc"], "disc", "apply")
        amount = params.get("amount")
        scaled = None if amount is None else to_scaled(amount, "amount")
        self.ledger.transactions.settle(payer.document, {target: scaled}, {target: discount})

    def unapply(self, params: Params) -> dict[str, Any]:
        """`{payer, payer_line?, doc?, doc_line?, amount?}`: take an application off.

        Wholly or by an amount; without `doc` all applications of the payer go.
        """
        applications = self.ledger.transactions.applications
        payer, kind = self._payer(params)
        target = None if params.get("doc") is None else self._target(params, kind)
        amount = params.get("amount")
        scaled = None if amount is None else to_scaled(amount, "amount")
        if kind.code == JOURNAL:
            self.ledger.journals.unapply(payer, target, scaled)
            return {"id": payer.document}
        if target is None:
            self.ledger.update(kind.name, payer.document, {"apply": None})
            return {"id": payer.document}
        line = _apply_line(target) | {"apply": False}
        present = applications.between(payer.document, target)
        if scaled is not None and present is not None:
            left = max(0, present.money - scaled)
            line |= {"apply": left > 0, "amount": to_decimal(left)}
        self.ledger.update(kind.name, payer.document, {"apply": {"items": [line]}})
        return {"id": payer.document}

    def _payer(self, params: Params) -> tuple[Item, RecordType]:
        transactions = self.ledger.transactions
        payer = _id(params, "payer")
        line = None if params.get("payer_line") is None else _id(params, "payer_line")
        item = transactions.applications.item(payer, line, credit=True)
        return item, transactions.type_of(payer)

    def _target(self, params: Params, payer: RecordType) -> Item:
        line = None if params.get("doc_line") is None else _id(params, "doc_line")
        return self.ledger.transactions.applications.item(
            _id(params, "doc"), line, credit=payer.code == REFUND
        )

    def approve(self, params: Params) -> dict[str, Any]:
        """`{id}`: approve a journal, which posts it."""
        journal = _id(params)
        kind = self.ledger.transactions.type_of(journal)
        self.ledger.update(kind.name, journal, {"approved": True})
        return {"id": journal}

    def reverse(self, params: Params) -> dict[str, Any]:
        """`{id, date}`: take a posted journal back; `id` is the new journal's."""
        journal, day = _id(params), _needed(params, "date")
        kind = self.ledger.transactions.type_of(journal)
        return {"id": self.ledger.journals.reverse(kind, journal, day)}

    def void(self, params: Params) -> dict[str, Any]:
        """`{id, style?, date?}`: void a transaction; `journal` is the one that does it, if any.

        The style is `zero` or `reversing_journal`, by default as the switch `void_style` says; the
        journal has the date.
        """
        style = params.get("style")
        if style not in (None, "zero", "reversing_journal"):
            raise invalid_value(style, "style")
        if self.ledger.transactions.type_of(_id(params)).code == BANK_DEPOSIT:
            # Only its amounts can become zero; its payments wait again.
            style = "zero"
            self.ledger.bank_deposits.empty(_id(params))
        journal = self.ledger.voiding.void(_id(params), style, params.get("date"))
        return {"id": _id(params), **({} if journal is None else {"journal": journal})}

    def delete(self, params: Params) -> dict[str, Any]:
        """`{type, id}`: delete a record; transactions need no type."""
        name = params.get("type")
        record_id = _id(params)
        kind = record_type(name) if name else self.ledger.transactions.type_of(record_id)
        self.ledger.delete(kind.name, record_id)
        return {"id": record_id}

    def merge(self, params: Params) -> dict[str, Any]:
        """`{source, target}`: merge customers (one id or a list of them) into another."""
        target = _id(params, "target")
        sources = _needed(params, "source")
        for source in sources if isinstance(sources, list) else [sources]:
            self.ledger.customers.merge(int(source), target)
        return {"id": target}

    def attach(self, params: Params) -> dict[str, Any]:
        """`{customer, contact, role?}`: attach a contact to a further customer."""
        role = params.get("role")
        contact = _id(params, "contact")
        self.ledger.attach(_id(params, "customer"), contact, None if role is None else int(role))
        return {"id": contact}

    def detach(self, params: Params) -> dict[str, Any]:
        """`{customer, contact}`: take a contact off a customer."""
        self.ledger.detach(_id(params, "customer"), _id(params, "contact"))
        return {"id": _id(params, "contact")}

    def touch(self, params: Params) -> dict[str, Any]:
        """`{type, ids?}`: a mass update, which gives many records one lastmodifieddate."""
        kind = record_type(_needed(params, "type"))
        ids = params.get("ids")
        chosen = self.ledger.ids(kind.name) if ids is None else [int(item) for item in ids]
        moment = self.books.stamp()
        self.books.con.executemany(
            f'UPDATE "{kind.stored_as}" SET lastmodifieddate = ? WHERE id = ?',
            [(moment, record_id) for record_id in chosen],
        )
        return {"ids": chosen}

    def set_inactive(self, params: Params) -> dict[str, Any]:
        """`{type, id, inactive=True}`: make a record inactive, or active again."""
        kind = record_type(_needed(params, "type"))
        body = {"isInactive": params.get("inactive", True)}
        self.ledger.update(kind.name, _id(params), body)
        return {"id": _id(params)}

    def set_stage(self, params: Params) -> dict[str, Any]:
        """`{id, stage}`: make a customer a `Lead`, a `Prospect` or a `Customer` (again)."""
        customer, stage = _id(params), str(_needed(params, "stage"))
        if stage not in ("Lead", "Prospect", "Customer"):
            raise BookError(400, "INVALID_REQUEST", f"There is no stage {stage!r}.")
        self.books.row("customer", customer, "_customer")
        values = {"searchstage": stage, "lastmodifieddate": self.books.stamp()}
        self.books.change("_customer", "id", customer, values)
        return {"id": customer}

    def set_numbering(self, params: Params) -> dict[str, Any]:
        """`{type, prefix, digits=0, next=1}`: number transactions of a type from now on."""
        code = record_type(_needed(params, "type")).code
        if code not in NUMBERING:
            raise BookError(400, "INVALID_REQUEST", "Only transactions have numbers.")
        self.books.con.execute(
            "INSERT OR REPLACE INTO _numbering VALUES (?, ?, ?, ?)",
            [
                code,
                _needed(params, "prefix"),
                int(params.get("digits", 0)),
                int(params.get("next", 1)),
            ],
        )
        return {}

    def set_rate(self, params: Params) -> dict[str, Any]:
        """`{base, currency, date, rate}`: record an exchange rate; currencies are ISO codes."""
        ids = {
            name: self.books.scalar(
                "SELECT id FROM currency WHERE symbol = ?", _needed(params, name)
            )
            for name in ("base", "currency")
        }
        body = {
            "baseCurrency": {"id": ids["base"]},
            "transactionCurrency": {"id": ids["currency"]},
            "effectiveDate": _needed(params, "date"),
            "exchangeRate": _needed(params, "rate"),
        }
        return {"id": self.ledger.create("currencyRate", body)}

    def set_period(self, params: Params, **flags: bool) -> dict[str, Any]:
        """`{id | name | date}`: close, open or lock an accounting period."""
        if params.get("id") is not None:
            period = _id(params)
        elif params.get("date") is not None:
            period = self.ledger.transactions.periods.of(str(params["date"])).id
        else:
            found = self.books.scalar(
                "SELECT id FROM accountingperiod WHERE periodname = ?", _needed(params, "name")
            )
            if found is None:
                raise BookError(404, "NONEXISTENT_ID", "Record does not exist.")
            period = int(found)
        body: dict[str, Any] = dict(flags)
        if "closed" in flags:
            today = self.books.clock.today().isoformat()
            body["closedOnDate"] = today if flags["closed"] else None
        self.ledger.update("accountingPeriod", period, body)
        return {"id": period}


def _apply_line(target: Item) -> dict[str, Any]:
    return {"doc": {"id": target.document}, "line": target.line, "apply": True}


def _needed(params: Params, name: str) -> Any:
    if params.get(name) is None:
        raise BookError(400, "INVALID_REQUEST", f"The act needs the parameter {name!r}.")
    return params[name]


def _id(params: Params, name: str = "id") -> int:
    value = _needed(params, name)
    try:
        return int(value)
    except (TypeError, ValueError):
        raise BookError(
            400, "INVALID_REQUEST", f"The parameter {name!r} must be an internal id."
        ) from None
