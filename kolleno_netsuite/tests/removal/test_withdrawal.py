"""Many customers that are taken out of Odoo's books in the background."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.removal import withdrawal
from ...models.removal.withdrawal import Withdrawal
from ...wizards.exclude import netsuite_exclude
from ..scope.test_exclusion import ExclusionCase


@tagged("post_install", "-at_install")
class TestWithdrawal(ExclusionCase):
    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(netsuite_exclude, "WITHDRAWN_AT_ONCE", 2))
        self.enterContext(patch.object(withdrawal, "WITHDRAWAL_CHUNK", 1))
        self.partners, self.ids, self.moves = [], [], []
        for amount in (10, 20, 30):
            partner, ns = self.customer()
            self.partners.append(partner)
            self.ids.append(ns)
            self.moves.append(self.invoice(ns, [{"foreign": amount}])[1])

    def step(self):
        """Do one step of what waits; return how many customers it looked at."""
        return Withdrawal(self.connection).withdraw_waiting()

    def waiting(self):
        """Return how many customers are still to be taken out, as the connection shows."""
        self.connection.invalidate_recordset()
        return self.connection.withdrawal_count

    def test_many_customers_are_taken_out_step_by_step(self):
        wizard = self.wizard(*self.ids, reason="intercompany")

        self.apply(wizard)

        self.assertIn("in the background", wizard.result)
        self.assertEqual(len(self.env["netsuite.exclusion"].search([])), 3)
        self.assertEqual([move.state for move in self.moves], ["posted"] * 3)
        left = []
        while self.step():
            left.append((self.waiting(), [move.state for move in self.moves].count("cancel")))
        self.assertEqual(left, [(2, 1), (1, 2), (0, 3)])
        self.assertFalse(any(partner.active for partner in self.partners))

    def test_few_customers_are_taken_out_at_once(self):
        wizard = self.wizard(*self.ids[:2])

        self.apply(wizard)

        self.assertEqual([move.state for move in self.moves], ["cancel", "cancel", "posted"])
        self.assertEqual(self.waiting(), 0)

    def test_archiving_that_was_planned_before_the_upgrade_keeps_the_documents(self):
        for move in self.moves[1:]:
            self.payment(
                move.partner_id.netsuite_record_id.internal_id,
                move.amount_total,
                [(move.netsuite_internal_id, move.amount_total)],
            )

        self.apply(self.wizard(*self.ids, effect="keep"))
        withdrawal.Withdrawal(self.connection).plan(self.ids, "archive")
        while self.step():
            pass

        self.assertEqual([move.state for move in self.moves], ["posted"] * 3)
        # Customers with something open stay.
        self.assertEqual([partner.active for partner in self.partners], [True, False, False])

    def test_customer_taken_off_the_list_while_it_waits_stays(self):
        self.apply(self.wizard(*self.ids))
        self.env["netsuite.exclusion"].search([("internal_id", "=", self.ids[1])]).unlink()

        while self.step():
            pass
        self.books_again(self.connection)

        self.assertEqual([move.state for move in self.moves], ["cancel", "posted", "cancel"])
        # Booked again, and compared with NetSuite by the next synchronisation.
        self.assertEqual(self.moves[1].netsuite_state, "unchecked")

    def test_customer_that_odoo_does_not_let_go_is_listed_and_the_others_leave(self):
        self.apply(self.wizard(*self.ids))
        Move = type(self.env["account.move"])
        original, refused = Move.button_cancel, self.moves[0]

        def button_cancel(moves):
            if refused in moves:
                raise UserError(moves.env._("The journal is closed"))
            return original(moves)

        with (
            patch.object(Move, "button_cancel", button_cancel),
            patch.object(withdrawal, "WITHDRAWAL_CHUNK", 10),
        ):
            while self.step():
                pass

        self.assertEqual([move.state for move in self.moves], ["posted", "cancel", "cancel"])
        issue = self.env["netsuite.issue"].search([("key", "=like", "withdrawal:%")])
        self.assertIn("The journal is closed", issue.title)
        self.assertEqual(issue.record_ids, self.partners[0].netsuite_record_id)
        self.assertEqual(self.waiting(), 0)

    def test_document_that_stays_says_why_on_itself(self):
        self.company.fiscalyear_lock_date = self.moves[0].date
        with patch.object(netsuite_exclude, "SURVEYED_CUSTOMERS", 1):
            wizard = self.wizard(*self.ids)
            self.assertIn("too much to check beforehand", wizard.summary)
            self.assertFalse(any(wizard.line_ids.mapped("blocked_count")))
            self.assertEqual(wizard.line_ids.mapped("document_count"), [1, 1, 1])

        self.apply(wizard)
        while self.step():
            pass

        self.assertEqual([move.state for move in self.moves], ["posted"] * 3)
        self.assertIn("in a period locked until", self.moves[0].netsuite_message)

    def test_document_that_netsuite_deleted_and_odoo_reversed_stays_as_it_is(self):
        gone = self.moves[0]
        record = gone.netsuite_record_id
        self.company.fiscalyear_lock_date = gone.date
        self.env["netsuite.booking"]._remove(record)
        self.company.fiscalyear_lock_date = False

        wizard = self.wizard(*self.ids)
        counts = wizard.line_ids.mapped("document_count")
        self.apply(wizard)
        while self.step():
            pass

        self.assertEqual(counts, [0, 1, 1])
        self.assertEqual([move.state for move in self.moves], ["posted", "cancel", "cancel"])
        self.assertEqual((record.state, gone.payment_state), ("removed", "reversed"))
        self.assertEqual(gone.reversal_move_ids.state, "posted")
        self.assertFalse(self.env["netsuite.issue"].search([("key", "=like", "withdrawal:%")]))
        self.assertFalse(any(partner.active for partner in self.partners))
