from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ...models.bank.deposits import Deposits
from ..support.receivables_case import DocumentsCase

QUERY = "/services/rest/query/v1/suiteql"


@tagged("post_install", "-at_install")
class TestBankDeposits(DocumentsCase):
    """What NetSuite took to the bank settles the money of its payments, and counts once."""

    def prepare(self):
        self.owner = self.customer("Harbour Lights")
        invoice = self.invoice(self.owner, 500)
        self.first = self.payment(self.owner, 60, apply={invoice: 60}, days_ago=6)
        self.second = self.payment(self.owner, 40, days_ago=6)
        self.prepaid = self.deposit(self.owner, 25, days_ago=6)
        self.connection = self.connect(bank_deposits="clearing")
        self.drive(self.connection)

    # === ON THE CLEARING ACCOUNT === #

    def test_deposit_settles_its_payments_and_leaves_receivables_alone(self):
        self.assertEqual(self.states(), ["in_process"] * 3)
        self.assertEqual(self.outstanding(), {"USD": "125.00"})

        deposit = self.bank_deposit(self.first, self.second, self.prepaid)
        self.drive(self.connection)

        move = self.mirror(self.connection, "deposit", deposit)
        clearing = move.line_ids.filtered(lambda line: not line.netsuite_line)
        self.assertEqual((clearing.balance, clearing.account_id.reconcile), (125, True))
        self.assertTrue(all((move.line_ids - clearing).mapped("reconciled")))
        self.assertEqual(self.states(), ["paid"] * 3)
        self.assertEqual(self.outstanding(), {"USD": "0.00"})
        self.assert_books_agree(self.connection)
        self.assertFalse(self.connection.not_read_text)

    def test_bank_transaction_is_matched_with_the_whole_deposit(self):
        deposit = self.bank_deposit(self.first, self.second)
        self.drive(self.connection)
        move = self.mirror(self.connection, "deposit", deposit)
        accountant = self.accountant()
        clearing = move.line_ids.filtered(lambda line: not line.netsuite_line)
        transaction = self.transaction(100).with_user(accountant)
        self.assertIn(
            clearing,
            self.env["account.move.line"].search(transaction._get_default_amls_matching_domain()),
        )

        self.match(transaction, clearing.with_user(accountant))

        self.assertTrue(clearing.reconciled)
        with self.assertRaisesRegex(UserError, "read-only copy"):
            (move.line_ids - clearing).with_user(accountant).remove_move_reconcile()

        self.simulator.act("edit", type="deposit", id=deposit, body=self.items(self.second, False))
        self.drive(self.connection)

        self.assertEqual(self.mirror(self.connection, "deposit", deposit), move)
        clearing = move.line_ids.filtered(lambda line: not line.netsuite_line)
        self.assertEqual((clearing.balance, clearing.reconciled), (60, False))
        self.assertIn(transaction.move_id.name, self.open_issues(self.connection, "bank").title)

    def test_payments_wait_again_when_they_leave_a_deposit_however_they_do(self):
        for way in ("take out", "void", "delete"):
            with self.subTest(way):
                deposit = self.bank_deposit(self.first, self.second)
                self.drive(self.connection)
                self.assertEqual(self.states()[:2], ["paid", "paid"])

                if way == "take out":
                    body = self.items(self.first, False)
                    self.simulator.act("edit", type="deposit", id=deposit, body=body)
                else:
                    self.simulator.act(way, id=deposit)
                self.drive(self.connection)

                expected = ["in_process", "paid" if way == "take out" else "in_process"]
                self.assertEqual(self.states()[:2], expected)
                if way == "take out":
                    self.simulator.act("delete", id=deposit)
                    self.drive(self.connection)
                self.assertEqual(self.states()[:2], ["in_process"] * 2)
                self.assertEqual(self.outstanding(), {"USD": "125.00"})
        self.assert_books_agree(self.connection)

    def test_payment_that_is_matched_already_is_left_out_until_it_is_unmatched(self):
        accountant = self.accountant()
        payment = self.mirror(self.connection, "customerpayment", self.first)
        money = payment.move_id.line_ids._netsuite_money().with_user(accountant)
        transaction = self.transaction(60).with_user(accountant)
        self.match(transaction, money)

        deposit = self.bank_deposit(self.first, self.second)
        alone = self.bank_deposit(self.prepaid)
        self.drive(self.connection)

        move = self.mirror(self.connection, "deposit", deposit)
        self.assertEqual(self.bank_amount(move), 40)
        self.assertIn("40.00 of", move.line_ids.filtered(lambda x: not x.netsuite_line).name)
        self.assertTrue(self.mirror(self.connection, "deposit", alone))

        transaction.action_undo_reconciliation()
        self.drive(self.connection)

        self.assertEqual(self.bank_amount(move), 100)
        self.assertEqual(self.outstanding(), {"USD": "0.00"})

    def test_deposit_follows_a_payment_that_changes(self):
        deposit = self.bank_deposit(self.first, self.second)
        self.drive(self.connection)
        move = self.mirror(self.connection, "deposit", deposit)

        self.simulator.act(
            "edit", type="customerPayment", id=self.second, body={"memo": "By wire", "payment": 45}
        )
        self.simulator.act("edit", type="deposit", id=deposit, body={"memo": "Counted again"})
        self.drive(self.connection)

        self.assertEqual(self.bank_amount(move), 105)
        self.assertEqual(self.outstanding(), {"USD": "25.00"})
        self.assert_books_agree(self.connection)

    def test_fees_and_receipts_that_are_not_mirrored(self):
        fee = {"account": {"id": self.account_id("6300")}, "amount": -4}
        sale = {"account": {"id": self.account_id("1090")}, "amount": 30}
        deposit = self.bank_deposit(self.first, other={"items": [fee, sale]})
        self.drive(self.connection)

        move = self.mirror(self.connection, "deposit", deposit)

        self.assertEqual(self.bank_amount(move), 56)
        self.assertEqual(sorted(move.line_ids.mapped("balance")), [-60, 4, 56])
        bank = move.line_ids.filtered(lambda line: not line.netsuite_line)
        self.assertIn("56.00 of", bank.name)
        self.assertEqual(self.states()[0], "paid")
        self.assert_books_agree(self.connection)

    def test_payment_in_another_currency_is_settled_without_a_rest(self):
        euros = self.payment(self.owner, 100, currency={"id": self.EUR}, days_ago=5)
        deposit = self.bank_deposit(euros)
        self.drive(self.connection)

        payment = self.mirror(self.connection, "customerpayment", euros)
        money = payment.move_id.line_ids._netsuite_money()
        move = self.mirror(self.connection, "deposit", deposit)

        self.assertTrue(money.reconciled)
        self.assertFalse(money.matched_credit_ids.exchange_move_id)
        self.assertEqual(self.bank_amount(move), money.balance)
        self.assertEqual(payment.state, "paid")

    def test_whatever_netsuite_tells_of_links_and_dates(self):
        deposit = self.bank_deposit(self.first, self.second)
        for word, moves in (("Payment", True), ("none", False), ("Deposit", False)):
            with self.subTest(word=word, moves=moves):
                self.simulator.switches(deposit_links=word, deposit_touches_payment=moves)
                self.simulator.act("touch", type="deposit")
                self.drive(self.connection)

                self.assertEqual(self.states()[:2], ["paid", "paid"])
                self.assertEqual(self.outstanding(), {"USD": "25.00"})
        self.assertTrue(self.mirror(self.connection, "deposit", deposit))
        self.assert_books_agree(self.connection)

    def test_payments_that_look_the_same_are_not_guessed(self):
        self.simulator.switches(deposit_links="none")
        twins = [self.payment(self.owner, 33, days_ago=5) for _ in range(2)]
        self.bank_deposit(self.first, twins[0])
        self.bank_deposit(twins[1])
        self.drive(self.connection)

        issues = self.open_issues(self.connection, "content")

        self.assertIn("does not tell which payments", issues.mapped("title")[0])
        self.assertEqual(self.states()[0], "paid")

    def test_deposit_older_than_the_history_is_read_for_its_payment(self):
        connection = self.connection
        connection.write({"bank_deposits": "none", "history_start": self.day(100)})
        stream = connection.with_context(active_test=False).stream_ids
        stream = stream.filtered(lambda each: each.record_type == "deposit")
        stream._advance(phase="history", cursor_at=False, last_success_at=False)
        self.simulator.switches(deposit_touches_payment=False)
        old = self.payment(self.owner, 70, days_ago=500)
        deposit = self.bank_deposit(old, days_ago=490)
        unknown = self._create(
            "deposit",
            tranDate=self.day(480),
            other={"items": [{"account": {"id": self.account_id("6300")}, "amount": 5}]},
        )
        self.drive(connection)
        self.assertEqual(self.outstanding(), {"USD": "195.00"})

        connection.bank_deposits = "clearing"
        self.drive(connection)

        self.assertTrue(self.mirror(connection, "deposit", deposit))
        self.assertFalse(self.record_of(connection, "deposit", unknown))
        self.assertEqual(self.states(old), ["paid"])
        self.assertEqual(self.outstanding(), {"USD": "125.00"})

    def test_payments_that_netsuite_posts_straight_to_the_bank_are_told_beside_the_setting(self):
        account = {"id": self.account_id(self.BANK)}
        straight = self.payment(self.owner, 80, undepFunds=False, account=account)
        self.bank_deposit(self.first)
        self.drive(self.connection)
        money = self.mirror(self.connection, "customerpayment", straight)
        money = money.move_id.line_ids._netsuite_money()

        text = self.connection.straight_to_bank_text
        items = self.connection.action_open_straight_to_bank()["domain"]

        viewer = new_test_user(
            self.env,
            "bank_viewer",
            "kolleno_netsuite.group_netsuite_viewer",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.main_company.ids)],
        )
        self.assertEqual(self.connection.with_user(viewer).straight_to_bank_text, text)
        self.assertEqual(self.states(straight), ["paid"])
        self.assertRegex(text, r"account: 1 \(.*80\.00.*\)\. .* stay on Outstanding Receipts until")
        self.assertEqual(self.env["account.move.line"].search(items), money)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere = self.connection.with_context(allowed_company_ids=other.ids)
        self.assertFalse(elsewhere.straight_to_bank_text)
        self.match(self.transaction(80), money)
        self.connection.invalidate_recordset(["straight_to_bank_text"])
        self.assertFalse(self.connection.straight_to_bank_text)

    # === THE SETTING === #

    def test_deposits_stay_when_they_are_no_longer_mirrored_until_somebody_takes_them_out(self):
        deposit = self.bank_deposit(self.first, self.second)
        self.drive(self.connection)
        move = self.mirror(self.connection, "deposit", deposit)
        transaction = self.transaction(100)
        self.match(transaction, move.line_ids.filtered(lambda line: not line.netsuite_line))
        with self.assertRaisesRegex(UserError, "Bank deposits are mirrored"):
            self.connection.action_withdraw_deposits()
        self.connection.bank_deposits = "bank"
        waiting = self.bank_deposit(self.prepaid)
        self.drive(self.connection)
        self.assertEqual(self.record_of(self.connection, "deposit", waiting).state, "blocked")
        # It has a deposit, which waits for a reason of its own.
        self.assertFalse(self.connection.straight_to_bank_text)

        self.connection.bank_deposits = "none"
        self.drive(self.connection)

        # What is not in the books waits no longer; what is there stays, and the form says so.
        self.assertEqual(self.record_of(self.connection, "deposit", waiting).state, "ignored")
        self.assertEqual(move.state, "posted")
        self.assertIn("in the books: 1. They stay", self.connection.deposits_left_text)
        self.main_company.fiscalyear_lock_date = self.day(2)
        self.assertIn(
            "books: 0. In locked periods or secured, and left as they are: 1", self.taken()
        )
        self.main_company.fiscalyear_lock_date = False

        self.assertIn("taken out of the books: 1.", self.taken())
        self.drive(self.connection)

        self.assertEqual(move.state, "cancel")
        self.assertEqual(self.outstanding(), {"USD": "125.00"})
        self.assertIn(
            transaction.move_id.name, self.open_issues(self.connection, "bank").mapped("title")[0]
        )
        self.connection.invalidate_recordset(["deposits_left_text"])
        self.assertFalse(self.connection.deposits_left_text)

        self.connection.bank_deposits = "clearing"
        self.drive(self.connection)

        self.assertEqual(self.mirror(self.connection, "deposit", deposit).state, "posted")
        self.assertEqual(self.outstanding(), {"USD": "0.00"})

    def test_nothing_is_asked_before_the_setting_asks_for_it(self):
        self.connection.bank_deposits = "none"
        self.bank_deposit(self.first)
        self.simulator.clear_requests()
        self.drive(self.connection)

        asked = [call["body"] for call in self.simulator.requests() if call["path"] == QUERY]
        self.assertFalse([body for body in asked if "'Deposit'" in body])
        # Its own status says so, as it moved with the deposit.
        self.assertEqual(self.states(), ["paid", "in_process", "in_process"])

        self.connection.bank_deposits = "clearing"
        self.drive(self.connection)

        self.assertEqual(self.outstanding(), {"USD": "65.00"})
        with self.assertRaisesRegex(ValidationError, "under Documents"):
            stream = self.connection.stream_ids
            stream.filtered(lambda each: each.record_type == "deposit").active = False

    def test_deposits_go_to_the_bank_account_where_no_cash_counts_twice(self):
        journal = self.bank_journal()
        bank = journal.default_account_id
        deposit = self.bank_deposit(self.first)
        self.drive(self.connection)
        move = self.mirror(self.connection, "deposit", deposit)

        self.connection.bank_deposits = "bank"
        self.drive(self.connection)
        # Suggestions have NetSuite's banks on Outstanding Receipts, where the payments stand.
        record = self.record_of(self.connection, "deposit", deposit)
        self.assertEqual(record.state, "blocked")
        self.assertIn("is no bank account", record.message)
        self.env["netsuite.mapping"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("code", "=", self.BANK),
                ("company_id", "=", self.main_company.id),
            ]
        ).account_id = bank
        self.drive(self.connection)

        self.assertEqual(move.line_ids.filtered(lambda x: not x.netsuite_line).account_id, bank)
        with self.assertRaisesRegex(ValidationError, "count the cash twice"):
            self.transaction(10, journal)

        self.connection.bank_deposits = "clearing"
        self.transaction(10, journal)
        with self.assertRaisesRegex(ValidationError, "count the cash twice"):
            self.connection.bank_deposits = "bank"

    # === ARRANGING === #

    def items(self, payment, deposit):
        return {"payment": {"items": [{"id": payment, "deposit": deposit}]}}

    def bank_deposit(self, *payments, days_ago=2, **body):
        """Take payments to the bank in NetSuite; return the id of the deposit."""
        items = [{"id": payment, "deposit": True} for payment in payments]
        return self._create(
            "deposit", tranDate=self.day(days_ago), payment={"items": items}, **body
        )

    def taken(self):
        """Take the deposits out of the books; return what is said."""
        return self.connection.action_withdraw_deposits()["params"]["message"]

    def states(self, *payments):
        """Return the states of payments; of the two and the deposit that are prepared."""
        of = dict.fromkeys(payments, "customerpayment") or {
            self.first: "customerpayment",
            self.second: "customerpayment",
            self.prepaid: "customerdeposit",
        }
        self.env.flush_all()
        return [self.mirror(self.connection, kind, each).state for each, kind in of.items()]

    def outstanding(self):
        self.env.flush_all()
        return Deposits(self.connection).outstanding()

    def bank_amount(self, move):
        return move.line_ids.filtered(lambda line: not line.netsuite_line).balance

    def bank_journal(self):
        """Return the company's own bank journal."""
        journals = self.env["account.journal"].search(
            [("company_id", "=", self.main_company.id), ("type", "=", "bank")]
        )
        return journals.filtered(lambda each: not each.netsuite_connection_id)[:1]

    def accountant(self):
        return new_test_user(
            self.env,
            "deposits_accountant",
            "account.group_account_manager,account.group_account_user,"
            "kolleno_netsuite.group_netsuite_administrator",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.main_company.ids)],
        )

    def transaction(self, amount, journal=None):
        journal = (
            journal
            or self.env["account.journal"]
            .search([("company_id", "=", self.main_company.id), ("type", "=", "bank")])
            .filtered(lambda each: not each.netsuite_connection_id)[:1]
        )
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "payment_ref": "Wire",
                "date": self.day(1),
                "amount": amount,
            }
        )

    def match(self, transaction, line):
        """Match a bank transaction with an item, as Odoo's own widget ends."""
        _liquidity, suspense, _others = transaction._seek_for_lines()
        suspense.write({"account_id": line.account_id.id, "partner_id": line.partner_id.id})
        (suspense | line).reconcile()
