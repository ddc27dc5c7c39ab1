from decimal import Decimal

from odoo import api, models
from odoo.tools.misc import formatLang

from ...const import MONEY_TYPES
from ...exceptions import Missing, RecordFailed
from ...mappers.account_types import UNDEPOSITED_FUNDS
from ...mappers.amounts import rounded
from ...mappers.bank_deposit import bank_line, build_bank_deposit
from ...mappers.links import deposited_payments
from ...mappers.transaction import is_deposited
from ..application.exact_reconciliation import ExactReconciliation
from ..booking.bank_matching import BankMatching
from ..booking.ledger import is_bank
from ..booking.outcome import Note
from .deposits import Deposits


class NetsuiteBookingBankDeposit(models.AbstractModel):
    """Books what NetSuite took to the bank, and settles the money of the payments with it.

    Each payment leaves its account with its own amounts, so that nothing is left there. Fees and
    cash back are booked on their accounts. What is matched with the bank already is left out, and
    so are receipts that are not mirrored, such as cash sales.
    """

    _name = "netsuite.booking.bank.deposit"
    _inherit = "netsuite.booking.entry"
    _description = "NetSuite Bank Deposit Booking"

    # === BUSINESS METHODS === #

    @api.model
    def _book(self, records):
        connection = records.connection_id
        before = {each for record in records for each in record.deposited_ids or ()}
        for record in records:
            record.deposited_ids = self._held(record)
        outcome = super()._book(records)
        now = {each for record in records for each in record.deposited_ids or ()}
        Deposits(connection).note(before | now)
        return outcome

    def _held(self, record):
        """Return the internal ids of what a deposit has by NetSuite's own links."""
        row = record.payload.get("row", {})
        if row.get("voided") == "T" or row.get("posting") == "F" or "unread" in record.payload:
            return []
        return sorted(link.paid for link in deposited_payments(record.payload).applied)

    # === BUSINESS METHODS - VALUES === #

    def _fill(self, draft, context, missing):
        transaction, ledger = draft.transaction, draft.ledger
        currency = context.currency(transaction, ledger, missing)
        if not currency:
            return
        if transaction.voided:
            # Nothing of it is to be seen anywhere.
            missing.append(Missing("voided", "bank", self.env._("Voided in NetSuite")))
            return
        self._check_waiting(transaction, context, missing)
        digits = context.digits(currency, ledger)
        deposit = build_bank_deposit(transaction, digits)
        account = self._bank_account(context.connection, ledger, deposit.bank.account, missing)
        payments = self._payments(draft, deposit)
        self._check_accounts(payments.values(), ledger, missing)
        kept = Decimal(0)
        for line, payment in payments.items():
            item, share = self._payment_item(draft, line, payment)
            if item:
                kept += rounded(line.foreign * share, digits.currency)
                draft.lines.append(item)
                draft.settles[line.number] = self._money(payment)
        for line in deposit.others:
            if line in payments or not self._is_own_line(line, ledger):
                continue
            posted = ledger.account(line.account, missing)
            if posted:
                kept += line.foreign
                draft.lines.append(self._other_item(line, posted, currency, transaction))
        if missing:
            return
        booked = sum((Decimal(str(values["balance"])) for values in draft.lines), Decimal(0))
        bank = bank_line(deposit, kept, booked, transaction.exchange_rate, digits)
        draft.lines = [
            self._bank_item(draft, account, bank, currency, deposit.bank.foreign),
            *draft.lines,
            *self._exchange_items(draft, deposit, bank),
        ]
        self._set_values(draft, self.env["res.partner"], currency)

    def _bank_account(self, connection, ledger, internal_id, missing):
        """Return the account that gets the money; note in `missing` what keeps it from that."""
        if connection.bank_deposits != "bank":
            return ledger.journal("general")._netsuite_clearing_account()
        account = ledger.account(internal_id, missing)
        if account and not is_bank(account):
            missing.append(
                Missing(
                    f"account:{internal_id}:{ledger.company.id}",
                    "mapping",
                    self.env._(
                        "Account %(account)s of %(company)s is no bank account, and bank deposits "
                        "go there",
                        account=account.display_name,
                        company=ledger.company.name,
                    ),
                    self.env._(
                        "NetSuite deposits on one of its bank accounts. Map that to the bank "
                        "account, or let bank deposits go to the clearing account."
                    ),
                )
            )
            return account
        journals = Deposits.with_statements(self.env, account) if account else ()
        if journals:
            missing.append(
                Missing(
                    f"statements:{account.id}:{ledger.company.id}",
                    "bank",
                    self.env._(
                        "Bank deposits wait: %s has bank transactions of its own",
                        ", ".join(journals.mapped("name")),
                    ),
                    self.env._(
                        "On its account the cash would count twice. On the connection, under "
                        "Documents, let bank deposits go to the clearing account."
                    ),
                )
            )
        return account

    def _check_accounts(self, payments, ledger, missing):
        """Note in `missing` accounts of payments that no deposit can settle."""
        accounts = self.env["account.account"].union(
            *(self._money(payment).account_id for payment in payments)
        )
        for account in accounts.filtered(lambda account: not account.reconcile):
            missing.append(
                Missing(
                    f"outstanding:{account.id}:{ledger.company.id}",
                    "bank",
                    self.env._(
                        "Account %s cannot hold payments that wait for the bank",
                        account.display_name,
                    ),
                    self.env._(
                        "Bank deposits settle them there. Allow reconciliation on the account, "
                        "then retry."
                    ),
                )
            )

    def _payment_item(self, draft, line, payment):
        """Return the item that takes the money of a payment off its account, and its share of it.

        No item when all of it is matched with the bank already; else of as much as is not.
        """
        money = self._money(payment)
        foreign, base = self._unmatched(money)
        if money.currency_id.is_zero(foreign):
            return None, Decimal(0)
        item = {
            "name": payment.name or draft.transaction.number,
            "account_id": money.account_id.id,
            "partner_id": money.partner_id.id,
            "currency_id": money.currency_id.id,
            "amount_currency": -foreign,
            "balance": -base,
            "netsuite_line": line.number,
            "analytic_distribution": False,
            "tax_ids": False,
        }
        return item, Decimal(str(foreign)) / Decimal(str(money.amount_currency))

    def _money(self, payment):
        """Return the item that is the money of a payment."""
        return payment.move_id.line_ids._netsuite_money()[:1]

    def _unmatched(self, money):
        """Return what of the money people have not matched with the bank, in both currencies."""
        foreign, base = money.amount_currency, money.balance
        for partial in money.matched_debit_ids | money.matched_credit_ids:
            is_debit = money == partial.debit_move_id
            other = partial.credit_move_id if is_debit else partial.debit_move_id
            if other.move_id.netsuite_record_id:
                continue
            sign = 1 if is_debit else -1
            foreign -= sign * (
                partial.debit_amount_currency if is_debit else partial.credit_amount_currency
            )
            base -= sign * partial.amount
        return money.currency_id.round(foreign), money.company_currency_id.round(base)

    def _other_item(self, line, account, currency, transaction):
        """Return the item of a fee, of cash back or of anything else that was typed in."""
        return {
            "name": line.label or transaction.memo or transaction.number,
            "account_id": account.id,
            "partner_id": False,
            "currency_id": currency.id,
            "amount_currency": float(line.foreign),
            "balance": float(line.base),
            "netsuite_line": line.number,
            "analytic_distribution": False,
            "tax_ids": False,
        }

    def _bank_item(self, draft, account, bank, currency, whole):
        """Return the item of what the bank got.

        :param whole: what the bank got by the whole deposit, in its currency.
        """
        name = draft.transaction.memo or draft.transaction.number
        if bank.foreign != whole:
            name = self.env._(
                "%(deposit)s: %(part)s of %(whole)s; the rest is matched with the bank already or "
                "is not mirrored",
                deposit=name,
                part=formatLang(self.env, float(bank.foreign), currency_obj=currency),
                whole=formatLang(self.env, float(whole), currency_obj=currency),
            )
        return {
            "name": name,
            "account_id": account.id,
            "partner_id": False,
            "currency_id": currency.id,
            "amount_currency": float(bank.foreign),
            "balance": float(bank.base),
            "netsuite_line": 0,
            "analytic_distribution": False,
            "tax_ids": False,
        }

    def _exchange_items(self, draft, deposit, bank):
        """Return the item of what a deposit won or lost by another rate; mostly there is none."""
        if not bank.exchange:
            return []
        ledger, company = draft.ledger, draft.ledger.company
        account = deposit.exchange_account and ledger.account(deposit.exchange_account, [])
        if not account:
            account = (
                company.expense_currency_exchange_account_id
                if bank.exchange > 0
                else company.income_currency_exchange_account_id
            )
        if not account:
            raise RecordFailed(
                "exchange_account",
                self.env._("%s has no accounts for exchange differences", company.name),
                self.env._("Set them in the accounting settings, then retry."),
            )
        return [
            {
                "name": self.env._("Exchange difference of %s", draft.transaction.number),
                "account_id": account.id,
                "partner_id": False,
                "currency_id": ledger.currency.id,
                "amount_currency": float(bank.exchange),
                "balance": float(bank.exchange),
                "netsuite_line": -1,
                "analytic_distribution": False,
                "tax_ids": False,
            }
        ]

    # === BUSINESS METHODS - WHAT IS DEPOSITED === #

    def _reason_left_out(self, transaction, context):
        reason = super()._reason_left_out(transaction, context)
        if reason:
            return reason
        if context.connection.bank_deposits == "none":
            return self.env._("Bank deposits are no longer mirrored")
        records = self._records_of(transaction, context.connection)
        if not records:
            unlinked = self._has_unlinked_lines(transaction, context)
            return None if unlinked else self.env._("None of its payments is mirrored")
        if any(record.state != "booked" for record in records):
            return None
        money = [self._money(each) for each in records._targets("account.payment").values()]
        # Of what is paid for others by somebody who is excluded, no money is here.
        offset = self._offset_accounts(context.connection)
        money = [each for each in money if each.account_id not in offset]
        if not money:
            return self.env._("None of its payments is mirrored")
        if not any(self._unmatched(each)[0] for each in money):
            return self.env._("All its payments are matched with the bank already")
        return None

    def _offset_accounts(self, connection):
        """Return the accounts that stand for what is not mirrored."""
        journals = self.env["account.journal"].search(
            [("netsuite_connection_id", "=", connection.id), ("type", "=", "general")]
        )
        return journals.default_account_id

    def _check_waiting(self, transaction, context, missing):
        """Note in `missing` that payments of a deposit are not in the books yet."""
        records = self._records_of(transaction, context.connection)
        if all(record.state == "booked" for record in records):
            return
        missing.append(
            Missing(
                "deposited",
                "bank",
                self.env._("Bank deposits wait for payments that are not booked yet"),
                self.env._(
                    "Look at the payments: they wait or failed themselves. The deposits follow "
                    "automatically."
                ),
            )
        )

    def _records_of(self, transaction, connection):
        """Return the `netsuite.record` rows of what a deposit has by its links."""
        ids = {link.paid for link in transaction.links}
        records = Deposits(connection).records(ids) if ids else self.env["netsuite.record"]
        return records.filtered(lambda record: record.state not in ("ignored", "removed"))

    def _payments(self, draft, deposit):
        """Return {line of the deposit: the `account.payment` that it took along}.

        Only what is in the books, with its money.
        """
        records = self._records_of(draft.transaction, draft.record.connection_id)
        by_id = {
            record.internal_id: payment
            for record, payment in records._targets("account.payment").items()
        }
        found = {
            line: by_id[internal_id]
            for internal_id, line in deposit.payments.items()
            if internal_id in by_id
        }
        found |= self._guessed(draft, deposit)
        offset = self._offset_accounts(draft.record.connection_id)
        return {
            line: payment
            for line, payment in found.items()
            if payment.move_id.state == "posted"
            and not payment.move_id.reversal_move_ids
            and payment.company_id == draft.ledger.company
            and self._money(payment).account_id not in offset
        }

    def _has_unlinked_lines(self, transaction, context):
        """Tell whether lines of mirrored customers have no link, as where NetSuite tells none."""
        return not transaction.links and any(
            line.entity in context.partners and line.foreign for line in transaction.lines
        )

    def _guessed(self, draft, deposit):
        """Return {line: payment} of lines without a link, where one payment only can be meant.

        It is of the same customer and amount, deposited as NetSuite says, and in no other deposit.
        """
        transaction = draft.transaction
        if transaction.links:
            return {}
        found, doubtful = {}, []
        taken = self.env["account.payment"]
        for line in deposit.others:
            candidates = self._candidates(draft, line) - taken if line.entity else taken.browse()
            if len(candidates) == 1:
                found[line] = candidates
                taken |= candidates
            elif candidates:
                doubtful.append(line)
        if doubtful:
            draft.notes.append(self._doubtful_note(draft, doubtful))
        ids = taken.netsuite_record_id.mapped("internal_id")
        if ids:
            draft.record.deposited_ids = sorted(ids)
        return found

    def _candidates(self, draft, line):
        """Return the payments that a line without a link can be about."""
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", draft.record.connection_id.id),
                ("record_type", "in", MONEY_TYPES),
                ("customer_internal_id", "=", line.entity),
                ("state", "=", "booked"),
            ]
        )
        payments = self.env["account.payment"].union(*records._targets("account.payment").values())
        return payments.filtered(lambda payment: self._fits(draft, line, payment))

    def _fits(self, draft, line, payment):
        record = payment.netsuite_record_id
        if is_deposited(record.record_type, (record.payload or {}).get("row", {})) is False:
            return False
        money = self._money(payment)
        partials = money.matched_debit_ids | money.matched_credit_ids
        matched = (partials.debit_move_id | partials.credit_move_id).move_id - money.move_id
        elsewhere = matched.filtered("netsuite_record_id") - draft.document
        same = not payment.company_id.currency_id.compare_amounts(money.balance, -float(line.base))
        return same and not elsewhere and payment.date <= draft.transaction.date

    def _doubtful_note(self, draft, lines):
        """Return what to say where several payments can be meant by one line of a deposit."""
        return Note(
            "deposits",
            self.env._("NetSuite does not tell which payments these bank deposits hold"),
            self.env._(
                "Several payments of the customer have the same amount, so none was taken. Match "
                "them with the bank transaction yourself."
            ),
            self.env._(
                "%(deposit)s: %(amounts)s",
                deposit=draft.transaction.number,
                amounts=", ".join(str(abs(line.foreign)) for line in lines),
            ),
        )

    def _is_own_line(self, line, ledger):
        """Tell whether a line is no receipt: those that no mirrored payment stands for are left
        out, and so is whatever stands on receivables."""
        if not line.foreign and not line.base:
            return False
        if ledger.special(line.account) == UNDEPOSITED_FUNDS:
            return False
        account = ledger.account(line.account, [])
        return not account or account.account_type not in ("asset_receivable", "liability_payable")

    # === BUSINESS METHODS - WRITING === #

    @api.model
    def _drafts_booked(self, drafts, outcome):
        super()._drafts_booked(drafts, outcome)
        for draft in drafts:
            if draft.document.state == "posted":
                self._settle_payments(draft)

    def _settle_payments(self, draft):
        """Reconcile each item of a deposit with the money of its payment."""
        for item in draft.document.line_ids:
            money = draft.settles.get(item.netsuite_line)
            if not money or item.reconciled or money.reconciled:
                continue
            if money.account_id == item.account_id:
                (item | money).reconcile()

    def _rewrite(self, draft):
        matching = BankMatching(self.env)
        self._release_payments(draft.document)
        matched = matching.release(draft.document)
        super()._rewrite(draft)
        matching.restore(draft.document, matched)

    def _take_out(self, document):
        matching = BankMatching(self.env)
        self._release_payments(document)
        matched = matching.release(document)
        super()._take_out(document)
        matching.give_back(document, matched)

    def _release_payments(self, document):
        """Let the payments of a deposit wait for the bank again."""
        lines = document.line_ids.filtered(lambda line: line.netsuite_line > 0)
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        ExactReconciliation(self.env).unreconcile(partials)
