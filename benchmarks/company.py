"""A company to book in: its chart of accounts, journals, tax, customers and NetSuite's mappings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from odoo import Command

from .documents import (
    INCOME,
    RECEIVABLE,
    SALES_TAX,
    SERVICES,
    SUBSIDIARY,
    TAX_CODE,
    TAX_RATE,
    UNDEPOSITED,
    USD,
    Document,
    customer_document,
)

CUSTOMERS = range(1_000, 1_050)


class Company:
    """One Odoo company mapped to one NetSuite subsidiary.

    All ways of booking share its accounts, customers and tax; NetSuite's documents have
    journals of their own, as always, and so have those that are booked by hand.
    """

    def __init__(self, env: Any, name: str, account_id: str) -> None:
        """Set the company up.

        :param name: of the company
        :param account_id: of its NetSuite account
        """
        self.company = _company(env, name)
        context = {"allowed_company_ids": self.company.ids}
        self.env = env(context=context)
        self.accounts = self._accounts()
        self.tax = self._tax()
        self.sales = self._journal("sale", "BSALE")
        self.bank = self._journal("bank", "BBANK")
        # Without an account for money on its way, Community makes no entry for a payment.
        self.bank.inbound_payment_method_line_ids.payment_account_id = self.accounts[UNDEPOSITED]
        self.connection = self._connection(account_id)
        self._clock = _clock()
        self.land("customer", [customer_document(internal_id) for internal_id in CUSTOMERS])
        self.book()
        self.partners = {
            record.internal_id: record._target() for record in self.records("customer", CUSTOMERS)
        }
        self.env.cr.commit()

    # === What the addon does === #

    def land(self, record_type: str, documents: list[Document]) -> None:
        """Store a page of documents, as reading does."""
        self.env["netsuite.fetch"]._land(self.connection, record_type, documents, self._clock)
        self.env.cr.commit()

    def book(self) -> None:
        """Book and apply all that is pending, in the driver's units of work and commits."""
        connection, run = self.connection, self.env["netsuite.run"]
        while records := connection._commit_unit(connection._claim_chunk, processed=0):
            connection._commit_unit(connection._book_chunk, records, run)
        while connection._commit_unit(self.env["netsuite.booking"]._apply_waiting, connection):
            pass

    def records(self, record_type: str, internal_ids: Iterable[int]) -> Any:
        """Return the `netsuite.record` rows of NetSuite's objects, in order of their ids."""
        return self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", record_type),
                ("internal_id", "in", list(internal_ids)),
            ],
            order="internal_id",
        )

    # === Set-up === #

    def _accounts(self) -> dict[int, Any]:
        """Return {NetSuite's account: Odoo's}."""
        account = self.env["account.account"]

        def first(kind: str) -> Any:
            company = [("company_ids", "in", self.company.ids), ("account_type", "=", kind)]
            return account.search(company, limit=1)

        def new(code: str, name: str, kind: str, **more: object) -> Any:
            values = {"code": code, "name": name, "account_type": kind, **more}
            return account.create(values)

        return {
            RECEIVABLE: first("asset_receivable"),
            INCOME: first("income"),
            SERVICES: new("BNS1", "Services", "income"),
            SALES_TAX: new("BNS2", "Sales tax to pay", "liability_current"),
            UNDEPOSITED: new("BNS3", "Undeposited funds", "asset_current", reconcile=True),
        }

    def _tax(self) -> Any:
        lines = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": self.accounts[SALES_TAX].id}),
        ]
        return self.env["account.tax"].create(
            {
                "name": f"Sales tax {TAX_RATE}%",
                "amount": float(TAX_RATE),
                "type_tax_use": "sale",
                "invoice_repartition_line_ids": lines,
                "refund_repartition_line_ids": lines,
            }
        )

    def _journal(self, kind: str, code: str) -> Any:
        return self.env["account.journal"].create({"name": code, "code": code, "type": kind})

    def _connection(self, account_id: str) -> Any:
        connection = self.env["netsuite.connection"].create(
            {"name": account_id, "account_id": account_id, "company_id": self.company.id}
        )
        self.env["netsuite.subsidiary"].create(
            {
                "connection_id": connection.id,
                "internal_id": SUBSIDIARY,
                "name": "Parent Company",
                "currency_name": "USD",
                "company_id": self.company.id,
            }
        )
        record = {"connection_id": connection.id, "record_type": "currency", "state": "booked"}
        payload = {"row": {"id": str(USD), "symbol": "USD"}}
        self.env["netsuite.record"].create(record | {"internal_id": USD, "payload": payload})
        chosen = {"connection_id": connection.id, "company_id": self.company.id, "state": "manual"}
        mapped = [("account", key, account) for key, account in self.accounts.items()]
        self.env["netsuite.mapping"].create(
            [
                chosen
                | {"kind": kind, "internal_id": key, "code": str(key), "name": target.name}
                | {f"{kind}_id": target.id}
                for kind, key, target in [*mapped, ("tax", TAX_CODE, self.tax)]
            ]
        )
        return connection


def _company(env: Any, name: str) -> Any:
    """Return a new company in US dollars with Odoo's generic chart of accounts."""
    dollar, country = env.ref("base.USD"), env.ref("base.us")
    dollar.active = True
    values = {"name": name, "currency_id": dollar.id, "country_id": country.id}
    company = env["res.company"].create(values)
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    company.currency_id = dollar
    # Odoo may load a chart again when this is committed, and with it replaces the journals.
    env.cr.commit()
    return company


def _clock() -> Any:
    """Return the clock of a NetSuite whose user works in UTC."""
    # Odoo finds addons only when its configuration was read.
    from odoo.addons.kolleno_netsuite.client.clock import NetsuiteClock

    return NetsuiteClock(datetime.now(timezone.utc), timezone.utc, "UTC")
