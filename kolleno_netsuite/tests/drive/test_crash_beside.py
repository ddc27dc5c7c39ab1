import signal

from odoo.tests import tagged

from ..support.crash_case import CrashCase
from ..support.crash_child import HISTORY_POINTS


@tagged("post_install", "-at_install")
class TestCrashBeside(CrashCase):
    """Several processes at once, and one of them killed."""

    def test_two_processes_at_once_share_the_work_and_double_nothing(self):
        for _customer in range(3):
            self.business()

        self.assertEqual(self.drive({}, {}), [0, 0])

        self.assert_documents_once()
        self.assertEqual(self.drive({}), [0])
        self.assert_once_and_in_step()

    def test_crons_of_reading_and_booking_at_once_do_not_disturb_each_other(self):
        for _round in range(3):
            self.business()
            self.work({"act": "due"})

            codes = self.work({"act": "fetch"}, {"act": "book"}, {"act": "fetch"}, {"act": "book"})

            self.assertEqual(codes, [0, 0, 0, 0])
        self.assertEqual(self.drive({}), [0])
        self.assert_once_and_in_step()

    def test_killed_beside_a_living_process_leaves_no_lock_behind(self):
        self.business()

        codes = self.drive({"at": "claimed, not booked"}, {})

        # Whichever of the two came first to the booking did it.
        self.assertIn(codes, ([-signal.SIGKILL, 0], [0, 0]))
        self.assertEqual(self.drive({}), [0])
        self.assert_once_and_in_step()


@tagged("post_install", "-at_install")
class TestCrashWithHistoryStart(CrashCase):
    """Killed while closed documents before a date are left out, and what is linked is not."""

    history_days = 100

    def test_killed_anywhere_reads_what_is_linked_with_the_history_and_nothing_else(self):
        days, long_ago = self.history_days, {}
        for point in HISTORY_POINTS:
            with self.subTest(point):
                long_ago |= dict.fromkeys(self.old_business(days + 20), days + 20)
                self.left_out = {each for each, ago in long_ago.items() if ago > days}
                # The start moves back, so that there is a history to read each time.
                self.work({"act": "earlier", "values": {"history_start": self._day(days)}})

                self.assertEqual(self.drive({"at": point}), [-signal.SIGKILL])
                self.assertEqual(self.drive({}), [0])

                self.assert_once_and_in_step()
                days += 15

    def old_business(self, days_ago):
        """Let NetSuite have old invoices: open, closed lately, and closed long ago.

        :return: the internal ids of what was closed long ago and is linked with nothing else.
        """
        linked = self.invoice(self.owner, 100, days_ago=days_ago)
        self.payment(self.owner, 100, apply={linked: 100}, days_ago=3)
        half_paid = self.invoice(self.owner, 50, days_ago=days_ago)
        chained = self.invoice(self.owner, 20, days_ago=days_ago)
        self.payment(self.owner, 45, apply={half_paid: 25, chained: 20}, days_ago=days_ago)
        closed = self.invoice(self.owner, 70, days_ago=days_ago)
        closing = self.payment(self.owner, 70, apply={closed: 70}, days_ago=days_ago)
        self.later()
        return {int(closed), int(closing)}
