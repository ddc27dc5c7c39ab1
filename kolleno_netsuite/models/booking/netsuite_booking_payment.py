from dataclasses import replace
from decimal import Decimal

from odoo import Command, api, models
from odoo.tools import SQL

from ...const import MIRROR_CONTEXT, PAYMENT_TYPE
from ...mappers.payment import build_payment
from ...mappers.shared_payment import OFFSET, mirrored_part
from ...mappers.transaction import EXCHANGE, NOTE, read_transaction
from ..connection.failure import UNREADABLE
from ..scope.scope import NotSynced, Scope
from .bank_matching import BankMatching
from .ledger import Ledger, is_receivable


class NetsuiteBookingPayment(models.AbstractModel):
    """Books customer payments, deposits and refunds as Odoo payments, each with its entry.

    Entries are made for all payments of a chunk at once and linked to them, instead of one by
    one as confirming the payments would; the payments end in the same state.

    A payment can be for several customers, of whom some are excluded. What it pays of those who
    are mirrored is mirrored in any case, so that their invoices have open what NetSuite says; one
    account takes the place of the rest, as in journals.
    """

    _name = "netsuite.booking.payment"
    _inherit = "netsuite.booking.transaction"
    _description = "NetSuite Payment Booking"

    _journal_kind = "payment"

    # === BUSINESS METHODS - VALUES === #

    @api.model
    def _empty_document(self):
        return self.env["account.payment"]

    @api.model
    def _moves(self, documents):
        return documents.move_id

    def _fill(self, draft, context, missing):
        transaction, ledger = draft.transaction, draft.ledger
        currency = context.currency(transaction, ledger, missing)
        if not currency:
            return
        context.check_rate(draft, currency, missing)
        digits = context.digits(currency, ledger)
        payment = build_payment(
            transaction, self._receivable_accounts(transaction, ledger, missing), digits
        )
        payment = self._mirrored_part(payment, draft, context, digits)
        whole = payment.money.account != OFFSET
        partner = context.partner(
            transaction.entity if whole else payment.receivables[0].entity, missing
        )
        draft.lines = self._line_values(draft, payment, context, missing)
        if missing:
            return
        self._convert(draft, context, currency)
        journal = ledger.journal("payment")
        method = self._method(transaction, ledger, journal, payment.inbound)
        draft.totals = {"amount": float(payment.amount), "balance": draft.lines[0]["balance"]}
        draft.ledger_values = {
            "amount": float(payment.amount),
            "payment_type": "inbound" if payment.inbound else "outbound",
            "partner_type": "customer",
            "partner_id": partner.id,
            "currency_id": currency.id,
            "date": transaction.date,
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "destination_account_id": draft.lines[-1]["account_id"],
        }
        draft.header_values = {
            "number": transaction.number,
            "memo": transaction.memo or transaction.number or False,
            "deposited": bool(transaction.deposited) or ledger.is_bank(transaction.main.account),
        }

    def _line_values(self, draft, payment, context, missing):
        """Return the journal items, the money first and what leaves balances last."""
        transaction = draft.transaction
        currency = context.currency(transaction, draft.ledger, missing)
        owned = [(line, transaction.entity) for line in (payment.money, *payment.others)]
        owned += [(line, line.entity) for line in payment.receivables]
        values = []
        for line, entity in owned:
            if line.account == OFFSET:
                values.append(self._offset_values(line, draft, currency))
                continue
            ask = draft.ledger.deposits if line.deposit else draft.ledger.account
            account = ask(line.account, missing)
            owner = context.partner(entity, missing)
            if account and owner:
                values.append(
                    {
                        "name": line.label or transaction.memo or transaction.number,
                        "account_id": account.id,
                        "partner_id": owner.commercial_partner_id.id,
                        "currency_id": currency.id,
                        "date_maturity": transaction.date,
                        "amount_currency": float(line.foreign),
                        "balance": float(line.base),
                        **({"netsuite_deposit": True} if line.deposit else {}),
                        "analytic_distribution": False,
                        "tax_ids": False,
                    }
                )
        return values

    def _offset_values(self, line, draft, currency):
        """Return the journal item in place of what a payment does for excluded customers."""
        return {
            "name": self.env._("For excluded customers"),
            "account_id": draft.ledger.journal("general")._netsuite_offset_account().id,
            "partner_id": False,
            "currency_id": currency.id,
            "date_maturity": draft.transaction.date,
            "amount_currency": float(line.foreign),
            "balance": float(line.base),
            "analytic_distribution": False,
            "tax_ids": False,
        }

    def _receivable_accounts(self, transaction, ledger, missing):
        """Return the NetSuite accounts among the lines that keep customers' balances."""
        accounts = {line.account for line in transaction.lines if line.kind not in (EXCHANGE, NOTE)}
        found = {account: ledger.account(account, missing) for account in accounts}
        main = transaction.main.account
        return {
            internal_id
            for internal_id, account in found.items()
            # What is not mapped yet is taken for one: it is blocked for that reason anyway.
            if internal_id != main and (not account or is_receivable(account))
        }

    def _method(self, transaction, ledger, journal, inbound):
        """Return the payment method line: the mapped one where it is the journal's."""
        lines = (
            journal.inbound_payment_method_line_ids
            if inbound
            else journal.outbound_payment_method_line_ids
        )
        return (ledger.payment_method(transaction.payment_method) & lines) or lines[:1]

    def _convert(self, draft, context, currency):
        """Take company amounts from Odoo's rate where that is wanted instead of NetSuite's."""
        company = draft.ledger.company
        if context.connection._uses_netsuite_rates(draft.record.record_type):
            return
        rest = 0.0
        for values in draft.lines[:-1]:
            values["balance"] = currency._convert(
                values["amount_currency"], company.currency_id, company, draft.transaction.date
            )
            rest += values["balance"]
        draft.lines[-1]["balance"] = company.currency_id.round(-rest)

    # === BUSINESS METHODS - WRITING === #

    def _create_documents(self, drafts):
        Payment = self.env["account.payment"].with_context(**MIRROR_CONTEXT)
        names = self._free_names(drafts)
        payments = Payment.create(
            [
                {
                    **draft.ledger_values,
                    "memo": draft.header_values["memo"],
                    "netsuite_deposited": draft.header_values["deposited"],
                    "netsuite_record_id": draft.record.id,
                }
                for draft in drafts
            ]
        )
        self._set_money_accounts(drafts, payments)
        self._make_entries(drafts, payments, names)
        self._confirm(payments)
        for draft, payment in zip(drafts, payments, strict=True):
            draft.document = payment.with_env(self.env)

    def _make_entries(self, drafts, payments, names):
        """Make and post the journal entries of payments that have none."""
        moves = payments.env["account.move"].create(
            [
                {**self._entry(draft, names[draft.record]), "origin_payment_id": payment.id}
                for draft, payment in zip(drafts, payments, strict=True)
            ]
        )
        self._link_entries(payments)
        moves._post(soft=False)

    def _link_entries(self, payments):
        """Give each payment the entry that was made for it.

        In one statement: written one by one, each link makes Odoo look for all that depends
        on the payment, which takes longer than the rest of the booking.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE account_payment SET move_id = move.id FROM account_move move
                   WHERE move.origin_payment_id = account_payment.id AND account_payment.id IN %s
                   RETURNING account_payment.id""",
                tuple(payments.ids),
            )
        )
        payments.invalidate_recordset(["move_id"])
        payments.move_id.invalidate_recordset(["payment_ids"])
        payments.modified(["move_id"])

    def _confirm(self, payments):
        """Set the state that confirming payments with a posted entry would."""
        in_bank = payments.filtered(
            lambda payment: payment.outstanding_account_id.account_type == "asset_cash"
        )
        in_bank.write({"state": "paid"})
        (payments - in_bank).write({"state": "in_process"})
        self.env.add_to_compute(payments._fields["state"], payments)

    def _set_money_accounts(self, drafts, payments):
        """Set NetSuite's account of the money; Odoo takes that of the method when creating."""
        by_account = {}
        for draft, payment in zip(drafts, payments, strict=True):
            by_account.setdefault(draft.lines[0]["account_id"], []).append(payment.id)
        for account_id, ids in by_account.items():
            payments.browse(ids).outstanding_account_id = account_id

    def _entry(self, draft, name):
        """Return the values of a payment's journal entry."""
        values = draft.ledger_values
        return {
            "move_type": "entry",
            "name": name,
            "ref": draft.header_values["memo"],
            "date": values["date"],
            "journal_id": values["journal_id"],
            "company_id": draft.ledger.company.id,
            "partner_id": values["partner_id"],
            "currency_id": values["currency_id"],
            "partner_bank_id": False,
            "fiscal_position_id": False,
            "netsuite_record_id": draft.record.id,
            "line_ids": [Command.create(line) for line in draft.lines],
        }

    def _rewrite(self, draft):
        """Bring a posted payment to other amounts, keeping its id, number and applications.

        What it was matched with in the bank stays so where the money is the same as before.
        """
        payment = draft.document.with_context(**MIRROR_CONTEXT)
        Application = self.env["netsuite.booking.application"]
        names = self._free_names([draft])
        move = payment.move_id
        kept = Application._release(move)
        matching = BankMatching(self.env)
        matched = matching.release(move)
        if move.state in ("posted", "cancel"):
            move.button_draft()
        payment.state = "draft"
        if move:
            # Odoo's own update of a payment's entry knows one line of each kind only.
            entry = self._entry(draft, names[draft.record])
            entry["line_ids"] = [Command.clear(), *entry["line_ids"]]
            del entry["move_type"], entry["company_id"]
            move.write(entry)
            move._post(soft=False)
        payment.write(
            {
                **draft.ledger_values,
                "memo": draft.header_values["memo"],
                "netsuite_deposited": draft.header_values["deposited"],
            }
        )
        self._set_money_accounts([draft], payment)
        if not move:
            self._make_entries([draft], payment, names)
        self._confirm(payment)
        Application._restore(kept)
        matching.restore(draft.document, matched)

    def _write_header(self, draft):
        name = self._free_names([draft])[draft.record]
        payment = draft.document
        if payment.move_id.name != name:
            payment.move_id.name = name
        payment.memo = draft.header_values["memo"]
        payment.netsuite_deposited = draft.header_values["deposited"]
        payment.move_id.ref = draft.header_values["memo"]

    def _cancel(self, document):
        matching = BankMatching(self.env)
        matched = matching.release(document.move_id)
        document.with_context(**MIRROR_CONTEXT).action_cancel()
        matching.give_back(document, matched)

    def _take_out(self, document):
        matching = BankMatching(self.env)
        matched = matching.release(document.move_id)
        super()._take_out(document)
        matching.give_back(document, matched)

    def _free_names(self, drafts):
        """Return {record: the name of its entry}: NetSuite's number, made unique when repeated."""
        return self.env["account.move"]._netsuite_free_names(
            {draft.record: draft.document.move_id for draft in drafts},
            {draft.record: draft.transaction.number for draft in drafts},
            drafts[0].ledger.journal("payment"),
        )

    @api.model
    def _say_deposited(self, records):
        """Return those of `records` that by themselves say that their money is in the bank.

        :param records: booked `netsuite.record` rows of payments, deposits and refunds.
        """
        found, ledgers = records.browse(), {}
        for record in records:
            key = (record.connection_id, record.company_id)
            if key not in ledgers:
                ledgers[key] = Ledger(*key)
            try:
                transaction = read_transaction(record.payload, record.record_type)
                money = transaction.main.account
            except UNREADABLE:
                continue
            if transaction.deposited or ledgers[key].is_bank(money):
                found |= record
        return found

    # === BUSINESS METHODS - CHECK === #

    def _check_totals(self, draft):
        payment, currency = draft.document, draft.document.currency_id
        company_currency = payment.company_currency_id
        if currency.compare_amounts(payment.amount, draft.totals["amount"]) or (
            company_currency.compare_amounts(
                payment.amount_company_currency_signed, draft.totals["balance"]
            )
        ):
            return self.env._(
                "The payment is %(odoo)s in Odoo and %(netsuite)s in NetSuite",
                odoo=f"{payment.amount} / {payment.amount_company_currency_signed}",
                netsuite=f"{draft.totals['amount']} / {draft.totals['balance']}",
            )
        return None

    # === BUSINESS METHODS === #

    @api.model
    def _drafts_booked(self, drafts, outcome):
        super()._drafts_booked(drafts, outcome)
        booked = self.env["netsuite.record"].union(*outcome.booked)
        scope = Scope(booked.connection_id)
        reasons = scope.reasons(booked.mapped("customer_internal_id"))
        for record in booked:
            reason = reasons.get(record.customer_internal_id)
            if record.record_type != PAYMENT_TYPE or not reason:
                continue
            if record.booked_hash:
                outcome.parts[record] = NotSynced(reason, scope.partly_sentence(reason))
            else:
                # Taken back: it pays for nobody else any more.
                outcome.booked.remove(record)
                outcome.left_out[record] = NotSynced(reason, scope.sentence(reason))

    def _reason_left_out(self, transaction, context):
        reason = super()._reason_left_out(transaction, context)
        left_out = self._left_out_customers(transaction, context)
        if reason or transaction.entity not in left_out:
            return reason
        if self._customers_of(transaction, context) - {transaction.entity, *left_out}:
            return None
        return Scope(context.connection).sentence(context.left_out[transaction.entity])

    # === BUSINESS METHODS - THE PART THAT IS MIRRORED === #

    def _mirrored_part(self, payment, draft, context, digits):
        """Return what of `payment` is mirrored, and forget the applications of the rest."""
        transaction = draft.transaction
        if transaction.record_type == PAYMENT_TYPE:
            self._remember_customers(draft, self._customers_of(transaction, context))
        left_out = self._left_out_customers(transaction, context)
        if not left_out:
            return payment
        paid, links = {}, []
        for link in transaction.links:
            customer = context.paid_customers.get(link, 0)
            paid[customer] = paid.get(customer, Decimal(0)) + link.amount
            if customer not in left_out:
                links.append(link)
        paid.pop(0, None)
        draft.transaction = replace(transaction, links=tuple(links))
        return mirrored_part(payment, transaction.entity, left_out, paid, digits)

    def _remember_customers(self, draft, customers):
        """Note whom a payment is for, and was for until now: their balances change with it."""
        record, own = draft.record, draft.record.customer_internal_id
        if record.line_customers:
            partners = draft.document.move_id.line_ids.partner_id
            customers = {*customers, *partners.netsuite_record_id.mapped("internal_id")}
        others = sorted(customers - {own})
        if others != (record.line_customers or []):
            record.line_customers = others

    def _customers_of(self, transaction, context):
        """Return the internal ids of all customers that a payment names or pays."""
        lines = {line.entity for line in transaction.lines if line.foreign}
        paid = {context.paid_customers.get(link, 0) for link in transaction.links}
        return (lines | paid) - {0}

    def _left_out_customers(self, transaction, context):
        """Return the customers of a payment who are not mirrored, whatever it says of them."""
        if transaction.record_type != PAYMENT_TYPE:
            return set()
        # Who waits for a subsidiary only is brought in by his own documents.
        left_out = {each for each, why in context.left_out.items() if why != "subsidiary"}
        return left_out & {transaction.entity, *self._customers_of(transaction, context)}
