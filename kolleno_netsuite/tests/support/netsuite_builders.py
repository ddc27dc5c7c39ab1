from datetime import timedelta
from urllib.parse import urlsplit

from odoo.tests.common import _super_send


class LoopbackCase:
    """Lets a test case call servers of this machine, as the client itself calls."""

    # A browser asks for several things at once, and each waits for the one that is served, such as
    # the first page with its assets: on a busy machine that is more than Odoo's 20 s.
    test_cursor_lock_timeout = 120

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        # Odoo's guard against calls to the outside compares the time-out as one number; the
        # client's is a pair (connect, read).
        if urlsplit(request.url).hostname in ("127.0.0.1", "localhost"):
            return _super_send(session, request, **options)
        return super()._request_handler(session, request, **options)


class NetsuiteBuilders:
    """What a person does in NetSuite, in short words; `self.simulator` is the account."""

    # Internal ids of the simulator's set-up records (scenario "empty").
    USD, GBP, EUR, JPY = 1, 2, 3, 4
    US, UK, EUROPE = 1, 2, 3
    SALES_TAX, UK_VAT = 221, 222
    ITEM, SERVICE = 211, 217

    def customer(self, name="Harbour Supplies", subsidiary=US, currency=USD, **body):
        """Create a customer in NetSuite; return its internal id."""
        return self._create(
            "customer",
            companyName=name,
            subsidiary={"id": subsidiary},
            currency={"id": currency},
            **body,
        )

    def invoice(self, customer, *amounts, type="invoice", days_ago=20, tax=None, item=ITEM, **body):
        """Create an invoice (or another `type`) of one line per amount; return its id."""
        lines = [
            {
                "item": {"id": item},
                "quantity": 1,
                "rate": amount,
                **({"taxCode": {"id": tax}} if tax else {}),
            }
            for amount in amounts or (100,)
        ]
        return self._create(
            type,
            entity={"id": customer},
            tranDate=self.day(days_ago),
            item={"items": lines},
            **body,
        )

    def credit_memo(self, customer, *amounts, apply=None, **body):
        """Create a credit memo, applied as {invoice id: amount}; return its id."""
        return self.invoice(customer, *amounts, type="creditMemo", apply=self._apply(apply), **body)

    def payment(self, customer, amount, apply=None, days_ago=5, **body):
        """Create a payment, applied as {invoice id: amount}; return its id."""
        return self._create(
            "customerPayment",
            customer={"id": customer},
            payment=amount,
            tranDate=self.day(days_ago),
            apply=self._apply(apply),
            **body,
        )

    def day(self, days_ago):
        """Return a date of the simulator's calendar as text."""
        return str(self.simulator.account.clock.today() - timedelta(days=days_ago))

    def later(self, seconds=120):
        """Let time pass in NetSuite, so that what was just saved has settled."""
        self.simulator.clock(advance=seconds)

    def _apply(self, amounts):
        return {
            "items": [
                {"doc": {"id": invoice}, "apply": True, "amount": amount}
                for invoice, amount in (amounts or {}).items()
            ]
        }

    def _create(self, type, **body):
        return self.simulator.act("create", type=type, body=body)["id"]


def unguarded(records):
    """Return records that anything can be done to, as another module's SQL could."""
    return records.sudo().with_context(netsuite_import=True)


def open_balances(cr, connection_id):
    """Return what Odoo has open of mirrored documents: {(customer, currency code): amount}.

    :param cr: a cursor to which everything was flushed.
    """
    cr.execute(
        """
        SELECT record.internal_id, currency.name, SUM(line.amount_residual_currency)
        FROM account_move_line line
        JOIN account_account account ON account.id = line.account_id
        JOIN account_move move ON move.id = line.move_id
        JOIN res_currency currency ON currency.id = line.currency_id
        JOIN netsuite_record record ON record.record_type = 'customer'
            AND record.res_model = 'res.partner' AND record.res_id = line.partner_id
        WHERE move.netsuite_record_id IS NOT NULL AND line.parent_state = 'posted'
          AND account.account_type = 'asset_receivable' AND record.connection_id = %s
        GROUP BY record.internal_id, currency.name
        """,
        [connection_id],
    )
    return {(customer, currency): total for customer, currency, total in cr.fetchall()}
