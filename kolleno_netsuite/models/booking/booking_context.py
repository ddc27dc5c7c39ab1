import copy

from odoo.tools import format_date

from ...const import PAYMENT_TYPE
from ...exceptions import Missing, RecordBlocked
from ...mappers.invoice import Digits

# All lines are given: Odoo adds, computes and balances nothing of its own.
MIRROR_CONTEXT = {
    "skip_invoice_sync": True,
    "skip_invoice_line_sync": True,
    "skip_account_move_synchronization": True,
    "no_document": True,
}


class Ledger:
    """What NetSuite's ids are in one Odoo company, asked once for each id of a chunk.

    :param connection: the `netsuite.connection` that was read.
    :param company: the `res.company` that books.
    """

    def __init__(self, connection, company):
        self.company = company
        self.currency = company.currency_id
        self._env = connection.env
        self._connection = connection
        self._resolver = connection.env["netsuite.mapping"]._resolver(connection, company)
        self._found = {}
        self._locks = {}
        self._journals = {}

    def account(self, internal_id, missing):
        """Return the account of a NetSuite account; note in `missing` when there is none."""
        account, lacking = self._ask("account", internal_id)
        missing += lacking
        return account

    def receivable(self, internal_id, missing):
        """Return the account that keeps customers' balances, where NetSuite keeps them.

        Odoo posts the balance of an invoice on a receivable account that can be reconciled
        and on no other.
        """
        account = self.account(internal_id, missing)
        if account and not is_receivable(account):
            env = self._env
            missing.append(
                Missing(
                    f"account:{internal_id}:{self.company.id}",
                    "mapping",
                    env._(
                        "Account %(account)s of %(company)s cannot keep customers' balances",
                        account=account.display_name,
                        company=self.company.name,
                    ),
                    env._(
                        "NetSuite keeps receivables on it. Map it to an account of the type "
                        "Receivable that allows reconciliation."
                    ),
                )
            )
        return account

    def deposits(self, internal_id, missing):
        """Return the account of customer deposits; note in `missing` what keeps it from use.

        A deposit is used up part by part, so its account has to allow reconciliation; it is no
        receivable, because a deposit does not change what the customer owes.
        """
        account = self.account(internal_id, missing)
        if account and (account.account_type == "asset_receivable" or not account.reconcile):
            env = self._env
            missing.append(
                Missing(
                    f"account:{internal_id}:{self.company.id}",
                    "mapping",
                    env._(
                        "Account %(account)s of %(company)s cannot keep customer deposits",
                        account=account.display_name,
                        company=self.company.name,
                    ),
                    env._(
                        "NetSuite keeps customer deposits on it. Map it to a liability account "
                        "that allows reconciliation, or allow reconciliation on this one."
                    ),
                )
            )
        return account

    def tax_line(self, internal_id, refund):
        """Return the repartition line that a tax amount belongs to, empty when not mapped.

        :param refund: True on a credit note.
        """
        # A tax that is not mapped stops nothing: its line is mirrored on its account.
        tax, _lacking = self._ask("tax", internal_id)
        empty = self._env["account.tax.repartition.line"]
        country = self.company.account_fiscal_country_id
        if not tax or tax.amount_type == "group" or tax.country_id != country:
            return empty
        lines = tax.refund_repartition_line_ids if refund else tax.invoice_repartition_line_ids
        return lines.filtered(lambda line: line.repartition_type == "tax")[:1]

    def term(self, internal_id):
        """Return the payment terms, empty when they are not mapped."""
        if not internal_id:
            return self._env["account.payment.term"]
        return self._ask("term", internal_id)[0]

    def payment_method(self, internal_id):
        """Return the payment method line, empty when it is not mapped."""
        if not internal_id:
            return self._env["account.payment.method.line"]
        return self._ask("payment_method", internal_id)[0]

    def journal(self, kind):
        """Return the journal of mirrored documents: "sale", "payment" or "general"."""
        if kind not in self._journals:
            self._journals[kind] = self._env["account.journal"]._netsuite_journal(
                self._connection, self.company, kind
            )
        return self._journals[kind]

    def lock(self, date, journal, has_tax):
        """Return what blocks booking on `date` in `journal`: a list of none or one `Missing`."""
        key = (date, journal.id, has_tax)
        if key not in self._locks:
            violated = self.company._get_violated_lock_dates(date, has_tax, journal)
            self._locks[key] = [self._locked(max(violated)[0])] if violated else []
        return self._locks[key]

    def _locked(self, lock_date):
        env = self._env
        return Missing(
            f"period:{self.company.id}:{lock_date}",
            "period",
            env._(
                "The books of %(company)s are locked up to %(date)s",
                company=self.company.name,
                date=format_date(env, lock_date),
            ),
            env._(
                "NetSuite changed documents of this period. Fix shows the lock dates: move them "
                "back for as long as it takes; what waits is booked by itself."
            ),
        )

    def _ask(self, kind, internal_id):
        key = (kind, internal_id)
        if key not in self._found:
            target = getattr(self._resolver, kind)(internal_id)
            self._found[key] = (target, self._resolver.take_missing())
        return self._found[key]


def is_receivable(account):
    """Tell whether customers' balances can be kept and reconciled on `account`."""
    return account.account_type == "asset_receivable" and account.reconcile


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
        # {link of a payment of these: the customer whom it pays for}.
        self.paid_customers = self.env["netsuite.scope"]._paid_customers(
            connection,
            {
                link
                for transaction in transactions
                if transaction.record_type == PAYMENT_TYPE
                for link in transaction.links
            },
        )
        customers = self._customers(transactions) | set(self.paid_customers.values())
        self.partners = self._read_partners(customers)
        # {customer's internal id: why it is not mirrored}; a line of such a customer that needs
        # none of the others can be dropped, a document that needs it waits.
        self.left_out = self.env["netsuite.scope"]._reasons(connection, customers)
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
                    self.env._("Look at the customer's own record: it waits or failed itself."),
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
        reason = self.env["netsuite.scope"]._sentence(self.left_out[internal_id])
        return Missing(
            f"customer:{internal_id}",
            "customer",
            self.env._(
                "Customer %(id)s of NetSuite is left out, but a document of another needs it "
                "(%(reason)s)",
                id=internal_id,
                reason=reason,
            ),
            self.env._(
                "It is for several customers at once. Exclude all of them or none; what waits is "
                "booked by itself."
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
        advice = self.env._("Activate the currency; what waits is booked by itself.")
        return currency, [Missing(f"currency:{name or internal_id}", "currency", title, advice)]
