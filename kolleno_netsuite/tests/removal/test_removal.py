from odoo.tests import tagged

from ...models.removal.removal import Removal
from ..support.simulator_case import SimulatorCase


@tagged("post_install", "-at_install")
class TestRemoval(SimulatorCase):
    """What was deleted in NetSuite leaves Odoo's books, once NetSuite says that it is gone."""

    drives_all = True

    def prepare(self):
        super().prepare()
        self.owner = self.customer()
        self.paid = self.invoice(self.owner, 100)
        self.open = self.invoice(self.owner, 40)
        self.settling = self.payment(self.owner, 100, apply={self.paid: 100})
        self.connection = self.connect()
        self.drive(self.connection)

    def test_deleted_invoice_is_cancelled_after_the_proof_missed_it(self):
        move = self.target("invoice", self.open)
        self.simulator.act("delete", id=self.open)

        self.prove_and_heal()

        self.assertEqual(move.state, "cancel")
        self.assertEqual(self.record_of(self.connection, "invoice", self.open).state, "removed")
        self.assertFalse(self.open_issues(self.connection))
        self.assert_in_step(self.connection)

    def test_deleted_payment_opens_its_invoice_again(self):
        move = self.target("invoice", self.paid)
        payment = self.target("customerpayment", self.settling)
        self.simulator.act("delete", id=self.settling)

        self.drive(self.connection)
        self.prove_and_heal()

        self.assertEqual(move.amount_residual, 100)
        self.assertEqual(payment.state, "canceled")
        self.assertFalse(self.open_issues(self.connection))
        self.assert_in_step(self.connection)

    def test_deleted_payment_and_invoice_leave_together(self):
        self.simulator.act("delete", id=self.settling)
        self.simulator.act("delete", id=self.paid)
        self.simulator.act("delete", id=self.open)

        self.prove_and_heal()

        # The two that settled each other change no sum; the third leads to their customer.
        records = self.env["netsuite.record"].search(
            [("record_type", "in", ("invoice", "customerpayment"))]
        )
        self.assertEqual(set(records.mapped("state")), {"removed"})
        self.assert_in_step(self.connection)

    def test_document_that_only_the_query_does_not_show_stays(self):
        self.simulator.act("edit", type="invoice", id=self.open, body={"memo": "hidden"})
        client = self.connection._client()

        gone = Removal(self.connection).remove_missing(client, "invoice", [self.open])

        self.assertFalse(gone)
        self.assertEqual(self.target("invoice", self.open).state, "posted")

    def test_deleted_document_in_a_closed_period_is_reversed(self):
        move = self.target("invoice", self.open)
        self.main_company.fiscalyear_lock_date = self.day(10)
        self.simulator.act("delete", id=self.open)

        self.prove_and_heal()

        self.assertEqual(move.state, "posted")
        self.assertEqual(move.payment_state, "reversed")
        self.assertGreater(str(move.reversal_move_ids.date), self.day(10))
        self.assert_in_step(self.connection)

    def test_document_that_netsuite_shows_after_all_is_booked_again(self):
        self.env["netsuite.booking"]._remove(self.record_of(self.connection, "invoice", self.paid))
        move = self.target("invoice", self.paid)
        self.assertEqual(move.state, "cancel")
        self.simulator.act("edit", type="invoice", id=self.paid, body={"memo": "still here"})

        self.drive(self.connection)
        issue = self.open_issues(self.connection, "removal")
        issue.action_fix()
        self.connection._drive_book()

        self.assertEqual((move.state, move.amount_residual), ("posted", 0))
        self.assert_in_step(self.connection)

    def test_mass_removal_stops_and_asks_and_goes_on_when_told(self):
        many = [self.invoice(self.owner, 10 + number) for number in range(12)]
        self.drive(self.connection)
        for invoice in many[1:]:
            self.simulator.act("delete", id=invoice)

        self.prove_and_heal()

        issue = self.open_issues(self.connection, "removal")
        self.assertEqual(issue.record_count, 11)
        self.assertEqual({self.target("invoice", each).state for each in many}, {"posted"})
        issue.action_fix()
        self.drive(self.connection)
        self.assertEqual(self.target("invoice", many[0]).state, "posted")
        self.assertEqual({self.target("invoice", each).state for each in many[1:]}, {"cancel"})
        self.assertEqual(issue.state, "solved")
        self.assert_in_step(self.connection)

    def target(self, record_type, internal_id):
        return self.record_of(self.connection, record_type, internal_id)._target()

    def prove_and_heal(self):
        self.env["netsuite.proof"]._prove(self.connection)
        self.connection._drive_heal()
