from math import ceil
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...models.proof.id_comparison import IdComparison
from ..support.netsuite_builders import unguarded
from ..support.simulator_case import SimulatorCase

QUERY = "/services/rest/query/v1/suiteql"
SUNDAY, MONDAY = "2026-03-22 12:00:00", "2026-03-23 12:00:00"


@tagged("post_install", "-at_install")
class TestComparison(SimulatorCase):
    """All ids of both sides beside each other: what nobody announced is found."""

    def prepare(self):
        super().prepare()
        self.owner = self.customer()
        self.paid = self.invoice(self.owner, 100)
        self.open = self.invoice(self.owner, 40)
        self.paying = self.payment(self.owner, 100, apply={self.paid: 100})
        self.connection = self.connect()
        self.connection.track_deletions = False
        self.drive(self.connection)
        self.later(7200)

    def test_quiet_comparison_says_that_all_ids_agree(self):
        run = self.compare()

        self.assertEqual((run.kind, run.state), ("comparison", "done"))
        self.assertRegex(run.comparison_text, r"^All \d+ IDs match\.$")
        self.assertEqual(self.connection.comparison_text, run.comparison_text)
        self.assertTrue(all(run.line_ids.mapped("compared")))

    def test_invoice_and_payment_deleted_together_are_found_although_no_sum_changed(self):
        invoice, payment = (
            self.target("invoice", self.paid),
            self.target("customerpayment", self.paying),
        )
        self.simulator.act("delete", id=self.paying)
        self.simulator.act("delete", id=self.paid)
        self.env["netsuite.proof"]._prove(self.connection)
        differing = self.env["netsuite.proof"].search_count([("state", "=", "differs")])

        run = self.compare()

        self.assertEqual(differing, 0)
        self.assertEqual((invoice.state, payment.state), ("cancel", "canceled"))
        self.assertEqual(sum(run.line_ids.mapped("vanished")), 2)
        self.assertIn("NetSuite no longer shows 2", run.comparison_text)
        self.assert_in_step(self.connection)

    def test_record_that_was_never_read_is_found(self):
        record = self.record_of(self.connection, "invoice", self.open)
        unguarded(record._target()).button_cancel()
        record.unlink()

        run = self.compare()

        self.assertEqual(sum(run.line_ids.mapped("missed")), 1)
        self.assertEqual(self.target("invoice", self.open).amount_residual, 40)

    def test_change_that_was_never_read_is_found(self):
        self.simulator.act("edit", type="invoice", id=self.open, body={"memo": "late"})
        self.later(7200)
        self.connection.stream_ids.cursor_at = fields.Datetime.add(
            self.connection.stream_ids[0].cursor_at, hours=4
        )

        run = self.compare()

        self.assertEqual(sum(run.line_ids.mapped("changed")), 1)
        self.assertIn("late", self.target("invoice", self.open).narration)

    def test_void_that_was_taken_back_without_a_date_is_found(self):
        record = self.record_of(self.connection, "invoice", self.open)
        payload = record.payload
        payload["row"].update(voided="T", foreignamountunpaid="0")
        for line in payload["lines"]:
            line.update(debit="0", credit="0", foreignamount="0")
        record.payload = dict(payload)
        record.payload_hash = "as voided"
        record._advance("pending")
        self.connection._drive_book()
        voided = self.target("invoice", self.open).netsuite_state

        self.compare()

        self.assertEqual(voided, "voided")
        self.assertEqual(self.target("invoice", self.open).state, "posted")
        self.assertEqual(self.target("invoice", self.open).netsuite_state, "in_step")
        self.assert_in_step(self.connection)

    def test_hidden_documents_are_asked_for_and_stay(self):
        self.simulator.fault("permission_missing", times=None, record="invoice")
        record = self.record_of(self.connection, "invoice", self.open)
        record.removal_step = "suspected"

        self.compare()

        self.assertEqual(self.target("invoice", self.open).state, "posted")
        self.assertFalse(record.removal_step)

    def test_mass_disappearance_stops_and_asks(self):
        many = [self.invoice(self.owner, 10 + number) for number in range(12)]
        self.drive(self.connection)
        self.later(7200)
        for invoice in many:
            self.simulator.act("delete", id=invoice)
        self.simulator.clear_requests()

        self.compare()

        issue = self.open_issues(self.connection, "removal")
        self.assertEqual(issue.record_count, 12)
        self.assertEqual({self.target("invoice", each).state for each in many}, {"posted"})
        reads = [c for c in self.simulator.requests() if "/record/v1/invoice/" in c["path"]]
        self.assertFalse(reads)

    # === CALLS, MEMORY, INTERRUPTION === #

    def test_comparison_costs_one_call_per_page_of_ids_of_each_type(self):
        for number in range(21):
            self.invoice(self.owner, 10 + number)
        self.drive(self.connection)
        self.later(7200)
        self.small_pages(5)
        self.simulator.clear_requests()

        run = self.compare()

        counts = {line.record_type: line.landed for line in run.line_ids}
        pages = sum(max(1, ceil(count / 5)) for count in counts.values())
        calls = [c for c in self.simulator.requests() if c["path"] == QUERY]
        self.assertEqual(counts["invoice"], 23)
        self.assertLessEqual(len(calls), pages + len(counts))
        self.assertFalse([c for c in self.simulator.requests() if "/record/v1/" in c["path"]])

    def test_comparison_goes_on_behind_the_last_page_after_an_interruption(self):
        for number in range(11):
            self.invoice(self.owner, 10 + number)
        self.drive(self.connection)
        self.later(7200)
        self.small_pages(5)
        out_of_time = self.connection.with_context(cron_end_time=0)

        runs = self.env["netsuite.run"]
        for _call in range(30):
            runs |= out_of_time._drive_compare()
            if runs.state == "done":
                break

        self.assertEqual(len(runs), 1)
        self.assertEqual(runs.state, "done")
        line = runs.line_ids.filtered(lambda each: each.record_type == "invoice")
        self.assertEqual((line.landed, line.missed, line.vanished), (13, 0, 0))

    def test_no_unit_of_work_holds_more_than_a_page(self):
        for number in range(23):
            self.invoice(self.owner, 10 + number)
        self.drive(self.connection)
        self.later(7200)
        self.small_pages(5)
        sizes = []
        compare_page = IdComparison.compare_page

        def measured(comparison, stream, page, line):
            comparison.env.invalidate_all()
            with self.assertQueryCount(30):
                compare_page(comparison, stream, page, line)
            sizes.append(len(page.rows))

        with patch.object(IdComparison, "compare_page", measured):
            self.compare()

        self.assertLessEqual(max(sizes), 5)
        self.assertGreater(len(sizes), 6)

    # === WHEN === #

    def test_comparison_is_due_on_its_weekday_once(self):
        self.main_company.partner_id.tz = "UTC"
        with freeze_time(MONDAY):
            on_monday = self.connection._is_comparison_due()
        with freeze_time(SUNDAY):
            on_sunday = self.connection._is_comparison_due()
            self.env["netsuite.run"].create(
                {"connection_id": self.connection.id, "kind": "comparison", "state": "done"}
            )
            again = self.connection._is_comparison_due()

        self.assertEqual((on_monday, on_sunday, again), (False, True, False))

    def test_comparison_that_was_missed_is_made_up_for(self):
        self.main_company.partner_id.tz = "UTC"
        self.env["netsuite.run"].create(
            {
                "connection_id": self.connection.id,
                "kind": "comparison",
                "state": "done",
                "started_at": "2026-03-08 12:00:00",
            }
        )
        with freeze_time(MONDAY):
            due = self.connection._is_comparison_due()
            self.connection.comparison_active = False
            off = self.connection._is_comparison_due()

        self.assertEqual((due, off), (True, False))

    def test_button_starts_a_comparison_that_the_cron_carries_out(self):
        self.connection.action_compare_all()
        self.env["netsuite.connection"]._cron_compare()

        self.assertEqual(self.connection.comparison_id.state, "done")

    def test_comparison_does_not_hold_the_synchronisation_up(self):
        comparison = self.connection._open_comparison()
        newcomer = self.invoice(self.owner, 5)

        run = self.drive(self.connection)

        self.assertNotEqual(run, comparison)
        self.assertEqual(comparison.state, "running")
        self.assertEqual(self.target("invoice", newcomer).state, "posted")

    def test_only_accountants_compare(self):
        viewer = new_test_user(
            self.env,
            "comparing_viewer",
            "kolleno_netsuite.group_netsuite_viewer",
            company_id=self.main_company.id,
            company_ids=[(6, 0, self.main_company.ids)],
        )

        with self.assertRaisesRegex(AccessError, "accountants"):
            self.connection.with_user(viewer).action_compare_all()

    # === ARRANGING === #

    def compare(self):
        run = self.connection._drive_compare()
        self.connection._drive_book()
        return run

    def target(self, record_type, internal_id):
        return self.record_of(self.connection, record_type, internal_id)._target()
