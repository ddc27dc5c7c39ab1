# Tests say things in English only.
# pylint: disable=translation-required

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..support.booking_case import BANK, UNDEPOSITED, NetsuiteBookingCommon


@tagged("post_install", "-at_install")
class TestBankMatching(NetsuiteBookingCommon):
    """Which bank transaction a payment was is said here; NetSuite decides about the payment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts[UNDEPOSITED].reconcile = True
        cls.accountant = new_test_user(
            cls.env,
            "bank_accountant",
            "account.group_account_manager,account.group_account_user,"
            "kolleno_netsuite.group_netsuite_administrator",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.partner, cls.entity = cls.customer()

    # === MATCHING === #

    def test_money_of_a_payment_is_matched_with_the_bank_and_undone_by_people(self):
        _record, payment = self.payment(self.entity, 100)
        transaction = self.transaction(100)
        self.assertEqual((payment.state, payment.is_matched), ("in_process", False))

        self.assertIn(self.money(payment), self.offered(transaction))
        self.assertNotIn(self.receivable_line(payment), self.offered(transaction))
        self.match(transaction, payment)

        self.assertTrue(transaction.is_reconciled)
        self.assertEqual((payment.state, payment.is_matched), ("paid", True))

        transaction.action_undo_reconciliation()

        self.assertEqual((payment.state, payment.is_matched), ("in_process", False))
        self.assertEqual(self.money(payment).amount_residual, 100)

    def test_money_is_matched_as_other_reconciliation_screens_do(self):
        """Lines of the bank transaction are replaced, and reconciled one by one."""
        _record, first = self.payment(self.entity, 60)
        _record, second = self.payment(self.entity, 40)
        transaction = self.transaction(100)
        _liquidity, suspense, _others = transaction._seek_for_lines()
        move = transaction.move_id.with_context(
            check_move_validity=False,
            force_delete=True,
            skip_invoice_sync=True,
            skip_account_move_synchronization=True,
        )
        suspense.with_context(**move.env.context).unlink()
        for payment in (first, second):
            money = self.money(payment)
            counterpart = move.line_ids.create(
                {
                    "move_id": move.id,
                    "account_id": money.account_id.id,
                    "partner_id": money.partner_id.id,
                    "currency_id": money.currency_id.id,
                    "amount_currency": -money.amount_residual_currency,
                    "balance": -money.amount_residual,
                }
            )
            (counterpart | money).reconcile()

        self.assertEqual((first | second).mapped("state"), ["paid", "paid"])
        self.assertTrue(transaction.is_reconciled)

        self.money(first).with_user(self.accountant).remove_move_reconcile()

        self.assertEqual((first.state, second.state), ("in_process", "paid"))

    def test_matching_in_another_currency_can_be_undone_with_its_exchange_difference(self):
        _record, payment = self.payment(self.entity, 100, currency=4, exchange_rate="1.10")
        transaction = self.transaction(100)
        _liquidity, suspense, _others = transaction._seek_for_lines()
        suspense.write(
            {
                "account_id": self.accounts[UNDEPOSITED].id,
                "partner_id": self.partner.id,
                "currency_id": self.eur.id,
                "amount_currency": -100,
            }
        )
        money = self.money(payment)
        (suspense | money).reconcile()
        self.assertTrue(money.reconciled)

        money.remove_move_reconcile()

        self.assertEqual((money.amount_residual_currency, money.amount_residual), (100, 110))

    def test_what_netsuite_decides_stays_guarded_while_it_is_matched(self):
        _record, payment = self.payment(self.entity, 100)
        self.match(self.transaction(100), payment)
        user = payment.with_user(self.accountant).with_context(netsuite_import=False)
        money = self.money(payment)
        balance = self.receivable_line(user)
        ways = {
            "amount": lambda: user.write({"amount": 1}),
            "date": lambda: user.write({"date": "2024-01-01"}),
            "customer": lambda: user.write({"partner_id": self.company.partner_id.id}),
            "draft": user.action_draft,
            "cancel": user.action_cancel,
            "item": lambda: money.write({"amount_currency": 1}),
            "account": lambda: money.write({"account_id": self.accounts[BANK].id}),
            "receivable": lambda: self.match_line(self.transaction(100), balance),
            "in the bank": lambda: user.write({"netsuite_deposited": True}),
        }
        for name, way in ways.items():
            with self.subTest(name), self.assertRaises(UserError):
                way()
        self.assertEqual((payment.amount, payment.state), (100, "paid"))

    # === CHANGES IN NETSUITE === #

    def test_match_stays_when_netsuite_changes_something_else(self):
        record, payment = self.payment(self.entity, 100)
        transaction = self.transaction(100)
        self.match(transaction, payment)
        other, other_entity = self.customer()

        self.change(record, entity=other_entity)

        self.assertEqual(payment.partner_id, other)
        self.assertTrue(self.money(payment).reconciled)
        self.assertTrue(transaction.is_reconciled)
        self.assertEqual(payment.state, "paid")
        self.assertFalse(self.bank_issues())

    def test_another_amount_puts_the_bank_transaction_back_and_an_issue_names_it(self):
        record, payment = self.payment(self.entity, 100)
        transaction = self.transaction(100)
        self.match(transaction, payment)

        self.change(record, amount=90)

        self.assert_booked(record)
        self.assertEqual((payment.amount, payment.state), (90, "in_process"))
        self.assertEqual(self.money(payment).amount_residual, 90)
        self.assertFalse(transaction.is_reconciled)
        issue = self.bank_issues()
        self.assertIn(transaction.move_id.name, issue.title)
        self.assertIn("100.00", issue.title)
        notes = " ".join(payment.message_ids.mapped("body"))
        self.assertIn("no longer matched with", notes)
        self.assertEqual(issue.action_fix()["res_id"], transaction.move_id.id)

        self.connection._close_matched()
        self.assertEqual(issue.state, "open")
        self.change(record, amount=100)
        self.match(transaction, payment)
        self.connection._close_matched()

        self.assertEqual(issue.state, "solved")
        self.assertEqual(payment.state, "paid")

    def test_one_of_several_payments_leaves_the_others_matched(self):
        record, first = self.payment(self.entity, 60)
        _record, second = self.payment(self.entity, 40)
        transaction = self.transaction(100)
        self.match(transaction, first | second)

        self.change(record, amount=50)

        self.assertEqual((first.state, second.state), ("in_process", "paid"))
        self.assertIn(transaction.move_id.name, self.bank_issues().title)

    def test_deleted_payment_puts_the_bank_transaction_back(self):
        record, payment = self.payment(self.entity, 100)
        transaction = self.transaction(100)
        self.match(transaction, payment)

        self.env["netsuite.booking"]._remove(record)

        self.assertEqual((record.state, payment.state), ("removed", "canceled"))
        self.assertFalse(transaction.is_reconciled)
        self.assertIn(transaction.move_id.name, self.bank_issues().title)

    def test_deleted_payment_of_a_locked_period_is_reversed_and_the_bank_is_told(self):
        record, payment = self.payment(self.entity, 100)
        transaction = self.transaction(100)
        self.match(transaction, payment)
        self.company.fiscalyear_lock_date = "2024-12-31"

        self.env["netsuite.booking"]._remove(record)

        self.assertTrue(payment.move_id.reversal_move_ids)
        self.assertTrue(self.money(payment).reconciled)
        counterpart = transaction._seek_for_lines()[2]
        self.assertFalse(counterpart.reconciled)
        self.assertIn(transaction.move_id.name, self.bank_issues().title)

    def test_voided_payment_puts_the_bank_transaction_back(self):
        record, payment = self.payment(self.entity, 100)
        transaction = self.transaction(100)
        self.match(transaction, payment)

        self.change(record, amount=0, voided="T", status="V")

        self.assertEqual(payment.state, "canceled")
        self.assertFalse(transaction.is_reconciled)
        self.assertTrue(self.bank_issues())

    # === PAID === #

    def test_payment_is_paid_when_deposited_in_netsuite_or_matched_here(self):
        cases = {
            ("B", UNDEPOSITED): "in_process",
            ("C", UNDEPOSITED): "paid",
            ("A", UNDEPOSITED): "in_process",
            ("B", BANK): "paid",
        }
        for (status, account), state in cases.items():
            with self.subTest(status=status, account=account):
                _record, payment = self.payment(self.entity, 100, status=status, account=account)
                self.assertEqual(payment.state, state)
                self.assertEqual(payment.is_matched, state == "paid")

    def test_payment_that_pays_an_invoice_waits_for_the_bank_as_any_other(self):
        invoice, move = self.invoice(self.entity, [{"foreign": 100}])
        record, payment = self.payment(self.entity, 100, [(invoice.internal_id, 100)])
        self.assertEqual((payment.state, move.amount_residual), ("in_process", 0))

        self.change(record, links=[(invoice.internal_id, 100)], status="C")

        self.assertEqual((payment.state, payment.netsuite_deposited), ("paid", True))

    # === ARRANGING === #

    def transaction(self, amount):
        """Return a bank transaction, as the accountant sees it."""
        transaction = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "payment_ref": "Wire",
                "date": "2024-03-22",
                "amount": amount,
            }
        )
        return transaction.with_user(self.accountant).with_context(netsuite_import=False)

    def money(self, payment):
        """Return the item that is the money of a payment, as the accountant sees it."""
        lines = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == self.accounts[UNDEPOSITED]
        )
        return lines.with_user(self.accountant).with_context(netsuite_import=False)

    def match(self, transaction, payments):
        """Match a bank transaction with payments, as Odoo's own widget ends."""
        for payment in payments:
            self.match_line(transaction, self.money(payment))

    def match_line(self, transaction, line):
        amount = -line.amount_residual
        _liquidity, suspense, _others = transaction._seek_for_lines()
        rest = suspense.balance - amount
        commands = [
            Command.create(
                {
                    "account_id": line.account_id.id,
                    "partner_id": line.partner_id.id,
                    "balance": amount,
                    "amount_currency": amount,
                }
            )
        ]
        if rest:
            values = {"balance": rest, "amount_currency": rest}
            commands.append(Command.update(suspense.id, values))
        else:
            commands.append(Command.delete(suspense.id))
        before = transaction.line_ids
        transaction.move_id.with_context(
            skip_account_move_synchronization=True, force_delete=True, skip_readonly_check=True
        ).write({"line_ids": commands})
        ((transaction.line_ids - before) | line).reconcile()

    def offered(self, transaction):
        return self.env["account.move.line"].search(transaction._get_default_amls_matching_domain())

    def change(self, record, amount=100, links=(), **options):
        """Let NetSuite have a payment otherwise, and book it again."""
        row = record.payload["row"]
        options = {"entity": row["entity"], "tranid": row["tranid"], **options}
        entity = options.pop("entity")
        self.land_payment(entity, amount, links, internal_id=record.internal_id, **options)
        self.book(record)

    def bank_issues(self):
        return self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("kind", "=", "bank"),
                ("state", "=", "open"),
            ]
        )
