import copy

from odoo.tools import format_date

from ...const import PAYMENT_TYPE
from ...exceptions import Missing, RecordBlocked
from ...mappers.amounts import Digits
from ..scope.scope import Scope
from .ledger import Ledger


class BookingContext:
    """What the transactions of a chunk refer to, read once for all of them.

    :param connection: the `netsuite.connection`.
    :param transactions: the `mappers.transaction.Transaction` of the chunk.
    """

    def __init__(self, connection, transactions):
        self.env = connection.env
        self.connection = connection
        self._subsidiaries = {row.internal_id: row for row in connection.subsidiary_ids}
        self._companies = {}
        self._ledgers = {}
        self._company_in_use = None
        self._currencies = {}
        self._first_rates = {}
        # {link of a payment of these: the customer whom it pays for}.
        self.paid_customers = Scope(connection).paid_customers(
            {
                link
                for transaction in transactions
                if transaction.record_type == PAYMENT_TYPE
                for link in transaction.links
            }
        )
        customers = self._customers(transactions) | set(self.paid_customers.values())
        self.partners = self._read_partners(customers)
        # {customer's internal id: why it is not mirrored}; a line of such a customer that needs
        # none of the others can be dropped, a document that needs it waits.
        self.left_out = Scope(connection).reasons(customers)
        precision = self.env["decimal.precision"]
        self._price_digits = precision.precision_get("Product Price")
        self._quantity_digits = precision.precision_get("Product Unit")

    def ledger(self, transaction):
        """Return the `Ledger` of the company of a transaction's subsidiary.

        :raise RecordBlocked: the subsidiary is not mapped, or not to a company with its
            currency.
        """
        return self.ledger_of(self.company(transaction.subsidiary))

    def company(self, subsidiary):
        """Return the company of a subsidiary.

        :raise RecordBlocked: as for `ledger`.
        """
        if subsidiary not in self._companies:
            self._companies[subsidiary] = self._company(subsidiary)
        return self._companies[subsidiary]

    def within(self, company):
        """Return this context for documents of one company, with all that was read already."""
        view = copy.copy(self)
        view._company_in_use = company
        return view

    def ledger_of(self, company):
        """Return the `Ledger` of a company."""
        if company not in self._ledgers:
            self._ledgers[company] = Ledger(self.connection, company)
        return self._ledgers[company]

    def partner(self, internal_id, missing):
        """Return the customer's partner; note in `missing` when it is not booked yet."""
        if internal_id in self.left_out:
            missing.append(self._left_out_customer(internal_id))
            return None
        partner = self.partners.get(internal_id)
        if partner and self.connection.customers_per_company and self._company_in_use:
            partner = self.env["netsuite.booking.customer"]._partner_in(
                partner, self._company_in_use
            )
        if not partner:
            missing.append(
                Missing(
                    f"customer:{internal_id}",
                    "customer",
                    self.env._("Customer %s of NetSuite is not in Odoo yet", internal_id),
                    self.env._(
                        "Look at the customer's own record: it is waiting or failed itself."
                    ),
                )
            )
        return partner

    def currency(self, transaction, ledger, missing):
        """Return the currency of a transaction; note in `missing` when Odoo does not use it."""
        internal_id = transaction.currency
        if not internal_id:
            return ledger.currency
        if internal_id not in self._currencies:
            self._currencies[internal_id] = self._read_currency(internal_id)
        currency, lacking = self._currencies[internal_id]
        missing += lacking
        return currency

    def check_rate(self, draft, currency, missing):
        """Note in `missing` when a document is booked at Odoo's rate and Odoo has none of its day.

        Odoo itself would take 1 then, or the first rate that it was given later.
        """
        company, date = draft.ledger.company, draft.transaction.date
        if currency == company.currency_id or self.connection._uses_netsuite_rates(
            draft.record.record_type
        ):
            return
        first = self._first_rate(currency, company)
        if first and first <= date:
            return
        missing.append(
            Missing(
                f"rate:{currency.name}:{company.id}",
                "currency",
                self.env._(
                    "%(company)s has no exchange rate of %(currency)s of %(date)s or before",
                    company=company.name,
                    currency=currency.name,
                    date=format_date(self.env, date),
                ),
                self.env._(
                    "Enter a rate of the oldest document's date or before, or book at NetSuite's "
                    "rates; what waits is booked automatically."
                ),
            )
        )

    def digits(self, currency, ledger):
        """Return the decimal places that a document is mirrored with."""
        return Digits(
            currency.decimal_places,
            ledger.currency.decimal_places,
            self._price_digits,
            self._quantity_digits,
        )

    def _company(self, internal_id):
        company = self.connection._company_of(internal_id)
        subsidiary = self._subsidiaries.get(internal_id)
        if not company and not internal_id and not subsidiary:
            company = self.connection.company_id
        if not company:
            self._block_subsidiary(
                internal_id,
                self.env._(
                    "Subsidiary %s is not mapped to a company",
                    subsidiary.name if subsidiary else internal_id,
                ),
                self.env._("Choose its Odoo company, under Subsidiaries."),
            )
        base = subsidiary.currency_name if subsidiary else False
        exact = self.connection.use_netsuite_rates
        if exact and base and base != company.currency_id.name:
            self._block_subsidiary(
                internal_id,
                self.env._(
                    "Subsidiary %(subsidiary)s keeps its books in %(base)s, company %(company)s "
                    "in %(currency)s",
                    subsidiary=subsidiary.name,
                    base=base,
                    company=company.name,
                    currency=company.currency_id.name,
                ),
                self.env._("Map it to a company that keeps its books in the same currency."),
            )
        return company

    def _block_subsidiary(self, internal_id, title, advice):
        raise RecordBlocked(Missing(f"subsidiary:{internal_id}", "subsidiary", title, advice))

    def _left_out_customer(self, internal_id):
        reason = Scope(self.connection).sentence(self.left_out[internal_id])
        return Missing(
            f"customer:{internal_id}",
            "customer",
            self.env._(
                "Customer %(id)s of NetSuite is excluded, but another customer's document "
                "needs it (%(reason)s)",
                id=internal_id,
                reason=reason,
            ),
            self.env._(
                "It is for several customers at once. Exclude all of them or none; what waits "
                "is booked automatically."
            ),
        )

    def _customers(self, transactions):
        """Return the internal ids of all customers that the transactions name."""
        customers = {transaction.entity for transaction in transactions}
        for transaction in transactions:
            customers.update(line.entity for line in transaction.lines if line.entity)
        return customers

    def _read_partners(self, customers):
        """Return {NetSuite customer id: partner} in one query, archived ones too."""
        records = self.env["netsuite.record"].search_fetch(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", list(customers)),
                ("res_model", "=", "res.partner"),
                ("res_id", "!=", False),
            ],
            ["internal_id", "res_id"],
        )
        partners = self.env["res.partner"].browse(records.mapped("res_id")).exists()
        present = set(partners.ids)
        return {
            record.internal_id: partners.browse(record.res_id).with_prefetch(partners.ids)
            for record in records
            if record.res_id in present
        }

    def _first_rate(self, currency, company):
        """Return the date of the first rate that Odoo has of a currency; False without any."""
        key = (currency, company)
        if key not in self._first_rates:
            ((first,),) = self.env["res.currency.rate"]._read_group(
                [
                    ("currency_id", "=", currency.id),
                    ("company_id", "in", (False, company.root_id.id)),
                ],
                [],
                ["name:min"],
            )
            self._first_rates[key] = first
        return self._first_rates[key]

    def _read_currency(self, internal_id):
        name = self.connection._currency_of(internal_id)
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", name)], limit=1)
            if name
            else self.env["res.currency"]
        )
        if currency.active:
            return currency, []
        title = (
            self.env._("Currency %s is not active in Odoo", name)
            if currency
            else self.env._("Currency %s of NetSuite is not known in Odoo", name or internal_id)
        )
        advice = self.env._("Activate the currency; what waits is booked automatically.")
        return currency, [Missing(f"currency:{name or internal_id}", "currency", title, advice)]
