"""Records as NetSuite would have landed them, and what the tests say about Odoo's books."""

from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import tagged

# Internal ids of NetSuite accounts and other references that the tests map.
RECEIVABLE, INCOME, INCOME_2, TAX, UNDEPOSITED, BANK = 119, 54, 55, 63, 122, 123
DISCOUNT, COGS, INVENTORY, EXCHANGE = 71, 80, 81, 90
TERM, TAX_CODE = 2, 7
SUBSIDIARY, USD, EUR = 1, 1, 4


@tagged("post_install", "-at_install")
class NetsuiteBookingCommon(AccountTestInvoicingCommon):
    """One connection, one subsidiary mapped to the test company, and its mappings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As the sync works: what it writes, nobody may write by himself.
        cls.env = cls.env(su=True)
        cls.company = cls.company_data["company"]
        cls.usd, cls.eur = cls.company.currency_id, cls.env.ref("base.EUR")
        cls.eur.active = True
        cls.connection = cls.env["netsuite.connection"].create(
            {
                "name": "Test account",
                "account_id": "TSTDRV1",
                "company_id": cls.company.id,
                "history_start": False,  # the documents of these tests are of 2024
            }
        )
        cls.subsidiary = cls.env["netsuite.subsidiary"].create(
            {
                "connection_id": cls.connection.id,
                "internal_id": SUBSIDIARY,
                "name": "Parent Company",
                "currency_name": cls.usd.name,
                "company_id": cls.company.id,
            }
        )
        cls.next_id = 1000
        cls.accounts = cls._make_accounts()
        for internal_id, account in cls.accounts.items():
            cls.map_account(internal_id, account)
        for internal_id, currency in ((USD, cls.usd), (EUR, cls.eur)):
            cls.land("currency", {"id": internal_id, "symbol": currency.name}).state = "booked"

    @classmethod
    def _make_accounts(cls):
        data = cls.company_data
        receivable = data["default_account_receivable"]
        types = {
            UNDEPOSITED: "asset_current",
            BANK: "asset_cash",
            TAX: "liability_current",
            INCOME_2: "income",
            DISCOUNT: "expense",
            COGS: "expense_direct_cost",
            INVENTORY: "asset_current",
            EXCHANGE: "expense",
        }
        accounts = {RECEIVABLE: receivable, INCOME: data["default_account_revenue"]}
        for internal_id, account_type in types.items():
            accounts[internal_id] = cls.env["account.account"].create(
                {
                    "name": f"NetSuite {internal_id}",
                    "code": f"NS{internal_id}",
                    "account_type": account_type,
                }
            )
        return accounts

    @classmethod
    def map_account(cls, internal_id, account, company=None):
        """Map a NetSuite account."""
        return cls.map("account", internal_id, "account_id", account, company)

    @classmethod
    def map(cls, kind, internal_id, field, target, company=None):
        """Map one NetSuite id to `target`, as chosen by a person."""
        return cls.env["netsuite.mapping"].create(
            {
                "connection_id": cls.connection.id,
                "kind": kind,
                "internal_id": internal_id,
                "code": str(internal_id),
                "name": f"{kind} {internal_id}",
                "company_id": (company or cls.company).id,
                field: target.id,
                "state": "manual",
            }
        )

    # === LANDING === #

    @classmethod
    def new_id(cls):
        """Return an internal id that no record has yet."""
        cls.next_id += 1
        return cls.next_id

    @classmethod
    def land(cls, record_type, row, **parts):
        """Store a record as the fetch does: texts only, null columns left out."""
        row = _texts(row)
        internal_id = int(row["id"])
        payload = {"row": row, **{part: [_texts(r) for r in rows] for part, rows in parts.items()}}
        values = {
            "payload": payload,
            "state": "pending",
            "name": row.get("tranid") or row.get("entityid") or row.get("symbol"),
            "last_modified": fields.Datetime.now(),
            "customer_internal_id": int(row.get("entity", 0)),
        }
        Record = cls.env["netsuite.record"]
        record = Record.search(
            [
                ("connection_id", "=", cls.connection.id),
                ("record_type", "=", record_type),
                ("internal_id", "=", internal_id),
            ]
        )
        if record:
            record.write(values)
            return record
        return Record.create(
            {
                **values,
                "connection_id": cls.connection.id,
                "record_type": record_type,
                "internal_id": internal_id,
            }
        )

    @classmethod
    def land_customer(cls, internal_id=None, addresses=(), **row):
        """Store a customer."""
        internal_id = internal_id or cls.new_id()
        row = {
            "id": internal_id,
            "entityid": f"CUST{internal_id}",
            "companyname": f"Customer {internal_id}",
            "isperson": "F",
            "isinactive": "F",
            **row,
        }
        subsidiaries = [
            {"id": 1, "entity": internal_id, "subsidiary": SUBSIDIARY, "isprimarysub": "T"}
        ]
        return cls.land("customer", row, addresses=addresses, subsidiaries=subsidiaries)

    @classmethod
    def customer(cls, **row):
        """Book a customer; return its partner and its internal id."""
        record = cls.land_customer(**row)
        cls.book(record)
        return record._target(), record.internal_id

    @classmethod
    def land_invoice(cls, entity, items, record_type="invoice", links=(), **options):
        """Store an invoice or a credit memo, or another type that is booked as an invoice.

        :param items: ``[{"foreign": amount as the customer reads it, "account", "quantity",
            "rate", "memo", "tax": True, "base"}]``; base amounts follow from `rate` otherwise.
        :param options: ``exchange_rate``, ``subsidiary``, ``internal_id``; the rest is the row.
        """
        rate = Decimal(str(options.pop("exchange_rate", 1)))
        internal_id = options.pop("internal_id", None) or cls.new_id()
        subsidiary = options.pop("subsidiary", SUBSIDIARY)
        extra = options.pop("extra_lines", ())
        owing = record_type != "creditmemo"
        sign = -1 if owing else 1
        lines, foreign_total, base_total = [], Decimal(0), Decimal(0)
        for number, item in enumerate(items, start=1):
            line, foreign, base = cls._item_line(internal_id, number, item, sign, rate)
            lines.append(line)
            foreign_total += foreign
            base_total += base
        main = {
            "transaction": internal_id,
            "line": 0,
            "mainline": "T",
            "account": options.pop("receivable", RECEIVABLE),
            "subsidiary": subsidiary,
            "foreignamount": -foreign_total,
            **_debit_credit(-base_total),
        }
        row = {
            "id": internal_id,
            "tranid": f"{'INV' if owing else 'CM'}{internal_id}",
            "trandate": "2024-03-10",
            "duedate": "2024-04-09" if owing else None,
            "entity": entity,
            "currency": USD,
            "exchangerate": rate,
            "foreigntotal": abs(foreign_total),
            "status": "A",
            "posting": "T",
            "voided": "F",
            **options,
        }
        return cls.land(record_type, row, lines=[main, *lines, *extra], links=links)

    @classmethod
    def _item_line(cls, transaction, number, item, sign, rate):
        foreign = sign * Decimal(str(item["foreign"]))
        base = round(foreign * rate, 2)
        if "base" in item:
            base = sign * Decimal(str(item["base"]))
        is_tax = item.get("tax", False)
        line = {
            "transaction": transaction,
            "line": number,
            "mainline": "F",
            "taxline": "T" if is_tax else "F",
            "item": TAX_CODE if is_tax else 300 + number,
            "item_name": "VAT" if is_tax else f"Item {number}",
            "memo": item.get("memo"),
            "quantity": item.get("quantity"),
            "rate": item.get("rate"),
            "foreignamount": foreign,
            "account": item.get("account", TAX if is_tax else INCOME),
            "subsidiary": SUBSIDIARY,
            **_debit_credit(base),
        }
        return line, foreign, base

    @classmethod
    def land_payment(cls, entity, amount, links=(), lines=None, **options):
        """Store a customer payment of `amount` in its currency.

        :param links: ``[(paid internal id, amount)]``.
        :param lines: all lines, where they are not just money and receivable.
        """
        rate = Decimal(str(options.pop("exchange_rate", 1)))
        internal_id = options.pop("internal_id", None) or cls.new_id()
        amount = Decimal(str(amount))
        base = round(amount * rate, 2)
        shared = {"transaction": internal_id, "subsidiary": SUBSIDIARY}
        money = options.pop("account", UNDEPOSITED)
        main = {"line": 0, "mainline": "T", "account": money, "foreignamount": amount, **shared}
        counter = {"line": 1, "mainline": "F", "account": RECEIVABLE, "foreignamount": -amount}
        if lines is None:
            lines = [
                {**main, **_debit_credit(base)},
                {**counter, **shared, **_debit_credit(-base)},
            ]
        row = {
            "id": internal_id,
            "tranid": f"PYMT{internal_id}",
            "trandate": "2024-03-20",
            "entity": entity,
            "currency": USD,
            "exchangerate": rate,
            "foreigntotal": amount,
            "status": "B",
            "posting": "T",
            "voided": "F",
            **options,
        }
        return cls.land("customerpayment", row, lines=lines, links=cls.links(internal_id, links))

    @classmethod
    def links(cls, payer, links):
        """Return link rows: `payer` pays ``[(paid internal id, amount)]``."""
        return [
            {
                "previousdoc": paid,
                "previousline": 0,
                "nextdoc": payer,
                "nextline": 1,
                "foreignamount": amount,
                "previoustype": "CustInvc",
            }
            for paid, amount in links
        ]

    # === BOOKING === #

    @classmethod
    def book(cls, records):
        """Book records of one or more types as the driver does, and apply what is waiting."""
        Booking = cls.env["netsuite.booking"]
        counts = {}
        for group in records.grouped("record_type").values():
            counts = Booking._book_chunk(group)
            Booking._apply_waiting(cls.connection)
        return counts

    @classmethod
    def invoice(cls, entity, items, **options):
        """Land and book an invoice; return its record and its move."""
        record = cls.land_invoice(entity, items, **options)
        cls.book(record)
        return record, record._target()

    @classmethod
    def payment(cls, entity, amount, links=(), **options):
        """Land and book a payment; return its record and its payment."""
        record = cls.land_payment(entity, amount, links, **options)
        cls.book(record)
        return record, record._target()

    def receivable_line(self, document):
        """Return the journal item of the customer's balance."""
        move = document.move_id if document._name == "account.payment" else document
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def assert_booked(self, record):
        self.assertEqual(record.state, "booked", record.message)

    def assert_open(self, document, residual, base_residual):
        """Check what is open of a document, in its currency and in the company's."""
        line = self.receivable_line(document)
        self.assertAlmostEqual(sum(line.mapped("amount_residual_currency")), residual, 2)
        self.assertAlmostEqual(sum(line.mapped("amount_residual")), base_residual, 2)

    def days_before(self, date, days):
        """Return the date some days before an ISO date."""
        return fields.Date.to_date(date) - timedelta(days=days)


def _debit_credit(base):
    if base >= 0:
        return {"debit": base}
    return {"credit": -base}


def _texts(row):
    """Return a row as SuiteQL has it: all texts, nulls absent."""
    return {key: str(value) for key, value in row.items() if value is not None}
