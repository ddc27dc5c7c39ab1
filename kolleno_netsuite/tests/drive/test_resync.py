from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...client.dto import ShapeError
from ...models.contact import netsuite_booking_contact
from ..support.contact_case import ContactCase


@tagged("post_install", "-at_install")
class TestResync(ContactCase):
    """Reading a customer, a group, a document or a selection again by hand."""

    def prepare(self):
        super().prepare()
        self.harbour = self.customer(phone="555-0100")
        self.invoices = [self.invoice(self.harbour, amount) for amount in (100, 200)]
        self.credit = self.credit_memo(self.harbour, 30)
        self.paid = self.payment(self.harbour, 50, apply={self.invoices[0]: 50})
        self.connection = self.connect()
        self.drive(self.connection)
        self.partner = self.target("customer", self.harbour)

    def target(self, record_type, internal_id):
        return self.record_of(self.connection, record_type, internal_id)._target()

    def result(self):
        """Return the latest resynchronisation."""
        return self.env["netsuite.resync"].search([], limit=1)

    # === WHAT IS READ === #

    def test_lower_bound_is_the_oldest_change_of_customer_and_invoices(self):
        records = self.record_of_all(self.connection, "invoice", self.invoices)
        customer = self.record_of(self.connection, "customer", self.harbour)
        customer.last_modified = "2026-01-10 00:00:00"
        records[0].last_modified = "2026-01-05 00:00:00"
        records[1].last_modified = "2026-01-20 00:00:00"
        self.simulator.clear_requests()

        self.partner.action_netsuite_resync()

        asked = [c["body"] for c in self.simulator.requests() if "CustInvc" in c["body"]]
        # 5 January, midnight UTC, is the evening before in NetSuite's zone.
        self.assertIn("2026-01-04 16:00:00", asked[0])
        self.assertEqual(self.result().since, fields.Datetime.to_datetime("2026-01-05 00:00:00"))

    def test_customer_brings_all_its_documents_and_counts_them(self):
        new = self.invoice(self.harbour, 70)
        self.simulator.act("edit", type="customer", id=self.harbour, body={"phone": "555-0199"})
        cursors = self.connection.stream_ids.mapped("cursor_at")

        action = self.partner.action_netsuite_resync()

        self.assertTrue(self.target("invoice", new))
        self.assertEqual(self.partner.phone, "555-0199")
        result = self.result()
        self.assertEqual((result.created, result.removed, result.failed), (1, 0, 0))
        self.assertEqual(result.updated, 5)
        self.assertIn("1 created, 5 updated", action["params"]["message"])
        self.assertEqual(self.connection.stream_ids.mapped("cursor_at"), cursors)
        self.assert_in_step(self.connection)

    def test_customer_brings_its_contacts_new_and_changed(self):
        ann = self.contact(self.harbour, first="Ann", last="Lee", email="ann@harbour.example")
        self.drive(self.connection)
        self.simulator.act("edit", type="contact", id=ann, body={"title": "AP Manager"})
        self.contact(self.harbour, first="Bo", last="Fox", email="bo@harbour.example")

        self.partner.action_netsuite_resync()

        contacts = self.partner.child_ids.filtered("email").sorted("email")
        self.assertEqual(contacts.mapped("email"), ["ann@harbour.example", "bo@harbour.example"])
        self.assertEqual(contacts[0].function, "AP Manager")
        result = self.result()
        self.assertEqual((result.created, result.updated), (1, 6))
        self.assertRegex(result.message, r"^Harbour Supplies: 1 created, 6 updated\.$")

    def test_local_changes_are_overwritten_and_local_words_are_kept(self):
        self.partner.write({"phone": "0", "website": "https://only.in.odoo.example"})
        move = self.target("invoice", self.invoices[1])
        self.simulator.act("edit", type="invoice", id=self.invoices[1], body={"memo": "As agreed"})
        self.later()
        self.drive(self.connection)
        move.with_context(netsuite_import=True, skip_readonly_check=True).narration = "Changed"

        self.partner.action_netsuite_resync()

        self.assertEqual(self.partner.phone, "555-0100")
        self.assertEqual(self.partner.website, "https://only.in.odoo.example")
        self.assertIn("As agreed", move.narration)

    def test_what_netsuite_no_longer_has_is_cancelled(self):
        move = self.target("invoice", self.invoices[1])
        self.simulator.act("delete", id=self.invoices[1])

        self.partner.action_netsuite_resync()

        self.assertEqual(move.state, "cancel")
        self.assertEqual(self.result().removed, 1)

    def test_unapplied_payment_is_unapplied(self):
        self.simulator.switches(unapply_touches="none")
        self.simulator.act("unapply", payer=self.paid)
        move = self.target("invoice", self.invoices[0])
        self.assertEqual(move.amount_residual, 50)

        self.partner.action_netsuite_resync()

        self.assertEqual(move.amount_residual, 100)

    def test_document_that_cannot_be_booked_is_named_and_the_rest_goes_on(self):
        new = self.invoice(self.harbour, 10)
        bad = self.invoice(self.harbour, 70, currency={"id": self.JPY})
        self.env.ref("base.JPY").active = False

        action = self.partner.action_netsuite_resync()

        self.assertTrue(self.target("invoice", new))
        self.assertEqual(self.result().waiting, 1)
        self.assertEqual(action["params"]["type"], "warning")
        number = self.record_of(self.connection, "invoice", bad).name
        self.assertIn(number, action["params"]["message"])

    def test_contact_that_fails_is_named_and_the_rest_is_updated(self):
        ann = self.contact(self.harbour, first="Ann", last="Lee", email="ann@harbour.example")
        self.drive(self.connection)
        self.simulator.act("edit", type="customer", id=self.harbour, body={"phone": "555-0199"})
        self.simulator.act("edit", type="contact", id=ann, body={"title": "AP Manager"})
        new = self.invoice(self.harbour, 70)

        def refuse(_payload):
            raise ShapeError("contact", "isinactive", "perhaps", "T or F")

        with patch.object(netsuite_booking_contact, "read_contact", refuse):
            action = self.partner.action_netsuite_resync()

        self.assertEqual(self.partner.phone, "555-0199")
        self.assertTrue(self.target("invoice", new))
        self.assertEqual(self.result().failed, 1)
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("Ann", action["params"]["message"])

    # === SEVERAL === #

    def test_selection_is_queued_and_worked_off_in_the_background(self):
        other = self.customer("Thames Rope")
        self.drive(self.connection)
        partners = self.partner | self.target("customer", other)
        new = self.invoice(other, 44)
        self.simulator.clear_requests()

        action = partners.action_netsuite_resync()

        self.assertFalse(self.simulator.requests())
        self.assertEqual(action["res_model"], "netsuite.resync")
        self.env["netsuite.connection"]._cron_fetch()
        results = self.env["netsuite.resync"].search(action["domain"])
        self.assertEqual(results.mapped("state"), ["done", "done"])
        self.assertEqual(sum(results.mapped("created")), 1)
        self.assertTrue(self.target("invoice", new))

    def test_group_is_read_again_with_all_its_customers(self):
        child = self.customer("Harbour North", parent={"id": self.harbour})
        self.drive(self.connection)
        new = self.invoice(child, 12)

        self.partner.action_netsuite_resync_group()
        self.env["netsuite.connection"]._cron_fetch()

        self.assertTrue(self.target("invoice", new))
        self.assertEqual(self.env["netsuite.resync"].search_count([("state", "=", "done")]), 2)

    def test_outage_in_the_background_is_said_and_costs_itself_only(self):
        other = self.customer("Thames Rope")
        self.drive(self.connection)
        action = (self.partner | self.target("customer", other)).action_netsuite_resync()
        self.simulator.fault("permission_missing", record="customer", times=1)

        self.env["netsuite.connection"]._cron_fetch()

        results = self.env["netsuite.resync"].search(action["domain"])
        self.assertEqual(sorted(results.mapped("state")), ["done", "failed"])
        failed = results.filtered(lambda r: r.state == "failed")
        self.assertTrue(failed.message)

    def test_refusal_in_the_background_is_listed_as_what_it_is_until_it_works_again(self):
        other = self.customer("Thames Rope")
        self.drive(self.connection)
        partners = self.partner | self.target("customer", other)
        self.simulator.fault("unsupported_search", times=None, match=r"t\.entity IN \(")
        partners.action_netsuite_resync()

        self.env["netsuite.connection"]._cron_fetch()

        issue = self.open_issues(self.connection)
        self.assertEqual(issue.mapped("key"), ["asked:resync"])
        self.assertTrue(issue.title.startswith("Resynchronisation: "), issue.title)
        # Reading goes on, and nothing is wrong with what was read.
        self.assertNotEqual(self.connection.standing, "stopped")

        self.simulator.clear_faults()
        partners.action_netsuite_resync()
        self.env["netsuite.connection"]._cron_fetch()
        self.assertEqual(issue.state, "solved")

    # === REFUSALS === #

    def test_disconnected_connection_is_said_and_nothing_is_called(self):
        self.connection.state = "reconnect"
        self.simulator.clear_requests()

        with self.assertRaises(UserError):
            self.partner.action_netsuite_resync()

        self.assertFalse(self.simulator.requests())

    def test_partner_that_is_not_in_netsuite_is_refused(self):
        with self.assertRaises(UserError):
            self.env["res.partner"].create({"name": "Local"}).action_netsuite_resync()

    def test_second_request_is_told_since_when_the_first_runs(self):
        self.env["netsuite.resync"].create(
            {
                "record_id": self.record_of(self.connection, "customer", self.harbour).id,
                "connection_id": self.connection.id,
                "state": "running",
                "started_at": fields.Datetime.now() - timedelta(minutes=5),
            }
        )

        with self.assertRaisesRegex(UserError, "since"):
            self.partner.action_netsuite_resync()

    def test_viewer_may_not_read_again(self):
        viewer = new_test_user(
            self.env,
            "resync.viewer",
            groups="kolleno_netsuite.group_netsuite_viewer",
            company_id=self.main_company.id,
            company_ids=[(6, 0, self.main_company.ids)],
        )

        with self.assertRaises(AccessError):
            self.record_of(self.connection, "customer", self.harbour).with_user(
                viewer
            ).action_resync()
