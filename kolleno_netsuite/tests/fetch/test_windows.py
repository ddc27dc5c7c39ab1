from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo import fields
from odoo.tests import mute_logger, tagged

from ...client import transport
from ..support.simulator_case import SimulatorCase

SYNC_LOG = "odoo.addons.kolleno_netsuite.models.sync.netsuite_connection_driving"
LINES = "FROM transactionline l .*CustInvc"
SECOND_PAGE = r"t\.id > .*CustInvc|CustInvc.*t\.id > "


class WindowsCase(SimulatorCase):
    """Builders of changes at chosen moments."""

    drives_all = True

    def repricing(self, invoice, amount):
        """Return the edit that gives an invoice another amount."""
        line = {"item": {"id": self.ITEM}, "quantity": 1, "rate": amount}
        return {
            "type": "invoice",
            "id": invoice,
            "body": {"item": {"items": [line]}},
            "replace": ["item"],
        }

    def as_act(self, invoice, amount):
        """Return `repricing` as a fault performs it."""
        return {"act": "edit", **self.repricing(invoice, amount)}

    def late_invoice(self, minutes):
        """Create an invoice that was saved `minutes` ago and becomes visible only now."""
        stamp = self.simulator.account.clock.now() - timedelta(minutes=minutes)
        body = {
            "entity": {"id": self.owner},
            "tranDate": self.day(1),
            "item": {"items": [{"item": {"id": self.ITEM}, "quantity": 1, "rate": 44}]},
        }
        return self.simulator.act("create", type="invoice", body=body, stamp=stamp.isoformat())[
            "id"
        ]

    def amount(self, connection, invoice):
        return self.record_of(connection, "invoice", invoice)._target().amount_total

    def stream(self, connection, record_type):
        return connection.stream_ids.filtered(lambda each: each.record_type == record_type)


@tagged("post_install", "-at_install")
class TestWindows(WindowsCase):
    """However changes fall between reads and pages, each arrives once."""

    def setUp(self):
        super().setUp()
        self.owner = self.customer()
        self.invoices = [self.invoice(self.owner, amount) for amount in range(10, 17)]

    # === PAGES === #

    def test_rows_changed_between_two_pages_arrive_with_the_next_window(self):
        self.small_pages(3)
        connection = self.connect()
        read, unread = self.invoices[0], self.invoices[5]
        self.simulator.fault(
            "modify_between_pages",
            match=SECOND_PAGE,
            acts=[self.as_act(read, 100), self.as_act(unread, 200)],
        )

        self.drive(connection)
        self.assertFalse(self.open_issues(connection))
        self.drive(connection)

        self.assertEqual(self.amount(connection, read), 100)
        self.assertEqual(self.amount(connection, unread), 200)
        self.assertEqual(len(self.record_of_all(connection, "invoice", self.invoices)), 7)
        self.assert_in_step(connection)

    def test_row_changed_between_header_and_lines_is_not_booked_half(self):
        connection = self.connect()
        changed = self.invoices[3]
        self.simulator.fault("modify_between_pages", match=LINES, acts=[self.as_act(changed, 500)])

        self.drive(connection)

        self.assertFalse(self.open_issues(connection))
        self.assertFalse(self.record_of(connection, "invoice", changed))
        self.drive(connection)
        self.assertEqual(self.amount(connection, changed), 500)
        self.assert_in_step(connection)

    def test_row_deleted_between_header_and_lines_is_left_out(self):
        connection = self.connect()
        gone = self.invoices[3]
        self.simulator.fault(
            "modify_between_pages", match=LINES, acts=[{"act": "delete", "id": gone}]
        )

        self.drive(connection)
        self.drive(connection)

        self.assertFalse(self.record_of(connection, "invoice", gone))
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def test_rows_of_one_moment_are_all_read_over_several_pages(self):
        self.small_pages(3)
        connection = self.connect()
        self.drive(connection)
        for place, invoice in enumerate(self.invoices):
            self.simulator.act("edit", **self.repricing(invoice, 50 + place))
        self.simulator.act("touch", type="invoice")

        self.drive(connection)

        amounts = [self.amount(connection, invoice) for invoice in self.invoices]
        self.assertEqual(amounts, [50, 51, 52, 53, 54, 55, 56])
        self.assert_in_step(connection)

    @mute_logger(SYNC_LOG)
    def test_window_that_broke_off_goes_on_behind_its_last_page(self):
        self.enterContext(patch.object(transport, "BACK_OFF", (0.0,) * 5))
        self.small_pages(3)
        connection = self.connect()
        self.simulator.fault("500", match=SECOND_PAGE, times=None)
        self.drive(connection)
        stream = self.stream(connection, "invoice")
        self.assertEqual(stream.cursor_id, self.invoices[2])
        until = stream.window_until
        self.simulator.act("edit", **self.repricing(self.invoices[0], 100))
        self.simulator.clear_faults()
        self.simulator.clear_requests()
        self.later()
        stream.next_read_at = False

        connection._drive_fetch(phases=("open",))

        queries = [call["body"] for call in self.simulator.requests() if "CustInvc" in call["body"]]
        self.assertIn(f"t.id > {self.invoices[2]}", queries[0])
        self.assertFalse(stream.window_until)
        self.assertGreaterEqual(self.drive(connection).id, 1)
        self.assertGreater(stream.cursor_at, until)
        self.assert_in_step(connection)

    # === MARGIN AND OVERLAP === #

    def test_change_inside_the_settle_margin_waits_for_the_next_window(self):
        connection = self.connect()
        self.drive(connection)
        fresh = self.invoice(self.owner, 99)
        connection.stream_ids.next_read_at = False

        connection._drive()

        self.assertFalse(self.record_of(connection, "invoice", fresh))
        self.drive(connection)
        self.assertEqual(self.amount(connection, fresh), 99)
        self.assert_in_step(connection)

    def test_change_that_becomes_visible_late_is_found_by_the_overlap(self):
        connection = self.connect()
        self.drive(connection)
        late = self.late_invoice(minutes=5)

        self.drive(connection)

        self.assertEqual(self.amount(connection, late), 44)
        self.assert_in_step(connection)

    def test_change_that_becomes_visible_very_late_is_found_by_the_daily_check(self):
        connection = self.connect()
        self.drive(connection)
        late = self.late_invoice(minutes=300)
        self.drive(connection)
        self.assertFalse(self.record_of(connection, "invoice", late))

        self.later()
        connection._drive_daily()

        self.assertEqual(self.amount(connection, late), 44)
        self.assert_in_step(connection)

    def test_very_late_change_shows_as_difference_until_it_is_healed(self):
        connection = self.connect()
        self.drive(connection)
        late = self.late_invoice(minutes=300)

        self.env["netsuite.proof"]._prove(connection)

        self.assertEqual(len(self.open_issues(connection, "difference")), 1)
        connection._drive_heal()
        self.assertEqual(self.amount(connection, late), 44)
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def test_cursor_follows_the_clock_of_netsuite_and_not_of_this_server(self):
        connection = self.connect()
        cursors = []
        for step in (3 * 86400, 30, 3600):
            self.simulator.clock(advance=step)
            late = self.invoice(self.owner, 5)
            self.drive(connection)
            cursors.append(self.stream(connection, "invoice").cursor_at)
            now = self.simulator.account.clock.now().replace(tzinfo=None)
            self.assertLessEqual(cursors[-1], now - timedelta(seconds=30))
            self.assertEqual(self.amount(connection, late), 5)

        self.assertEqual(cursors, sorted(cursors))
        self.assertGreater(cursors[0], fields.Datetime.now() + timedelta(days=2))
        self.assert_balances(connection)


@tagged("post_install", "-at_install")
class TestDaylightSaving(WindowsCase):
    """NetSuite's wall clock shows an hour twice in autumn, and leaves one out in spring."""

    def test_changes_in_the_hour_that_autumn_repeats_all_arrive(self):
        # In Los Angeles 09:00 UTC is 01:00 for the second time.
        self.live_through(
            datetime(2026, 11, 1, 8, 20, tzinfo=timezone.utc), (25, 20, 5, 10, 30, 25, 40)
        )

    def test_changes_around_the_hour_that_spring_leaves_out_all_arrive(self):
        # In Los Angeles 10:00 UTC is 03:00, right after 01:59.
        self.live_through(
            datetime(2026, 3, 8, 9, 20, tzinfo=timezone.utc), (25, 12, 5, 10, 30, 25, 40)
        )

    def live_through(self, start, steps):
        """Sync after each of `steps` (minutes), with a change before each sync."""
        self.simulator.clock(to=start)
        customer = self.customer(name="Night Shift")
        steady = self.invoice(customer, 300, days_ago=30)
        connection = self.connect()
        cursors = []
        for amount, minutes in enumerate(steps, start=1):
            first = self.invoice(customer, amount, days_ago=30)
            self.later(60 * minutes)
            self.simulator.act("edit", **self.repricing(steady, 300 + amount))
            self.drive(connection)

            self.assertEqual(self.amount(connection, first), amount)
            self.assertEqual(self.amount(connection, steady), 300 + amount)
            cursors.append(self.stream(connection, "invoice").cursor_at)
        self.assertEqual(cursors, sorted(cursors))
        self.assert_in_step(connection)
