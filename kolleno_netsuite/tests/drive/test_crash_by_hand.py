import signal

from odoo.tests import tagged
from odoo.tools import SQL

from ...const import POISON_ATTEMPTS
from ..support.crash_case import CrashCase
from ..support.crash_child import COMPARISON_POINTS, RESYNC_POINTS


@tagged("post_install", "-at_install")
class TestCrashByHand(CrashCase):
    """Killed while customers are read again by hand, and while all IDs are compared."""

    def setUp(self):
        super().setUp()
        self.business()
        self.assertEqual(self.drive({}), [0])
        # The tests of a class share their database.
        self.before = self.rows("SELECT COALESCE(MAX(id), 0) FROM netsuite_resync")[0][0]

    def ask(self):
        """Ask for the customer to be read again."""
        self.work({"act": "resync", "values": {"customers": [int(self.owner)]}})

    def fetch(self, **job):
        return self.work({"act": "fetch", **job})

    def states(self):
        """Return (state, attempts, created) of what was asked for in this test, in order."""
        return self.rows(
            SQL(
                "SELECT state, attempts, created FROM netsuite_resync WHERE id > %s ORDER BY id",
                self.before,
            )
        )

    def test_killed_while_a_customer_is_read_again_does_it_once_and_wholly(self):
        for point in RESYNC_POINTS:
            with self.subTest(point):
                new = self.invoice(self.owner, 11)
                self.payment(self.owner, 11, apply={new: 11})
                self.later()
                self.ask()

                self.assertEqual(self.fetch(at=point), [-signal.SIGKILL])
                self.assertEqual(self.fetch(), [0])

                # What was done twice was undone once: an invoice and its payment are new.
                self.assertEqual((self.states()[-1][0], self.states()[-1][2]), ("done", 2))
                self.assertEqual(self.drive({}), [0])
                self.assert_once_and_in_step()
        self.assertEqual({state for state, _attempts, _created in self.states()}, {"done"})

    def test_customer_whose_reading_kills_the_process_is_given_up_and_others_go_on(self):
        other = self.customer("Thames Rope")
        self.later()
        self.drive({})
        self.ask()
        for _kill in range(POISON_ATTEMPTS):
            self.assertEqual(self.fetch(at="customer read again, not booked"), [-signal.SIGKILL])
        self.work({"act": "resync", "values": {"customers": [int(other)]}})

        self.assertEqual(self.fetch(), [0])

        states = [each[:2] for each in self.states()]
        self.assertEqual(states, [("failed", POISON_ATTEMPTS), ("done", 1)])
        # A second request isn't answered with "still running".
        self.ask()
        self.assertEqual(self.fetch(), [0])
        self.assertEqual(self.states()[-1][:2], ("done", 1))
        self.assertEqual(self.drive({}), [0])
        self.assert_once_and_in_step()

    def test_killed_while_all_ids_are_compared_goes_on_and_finds_everything_once(self):
        for point in COMPARISON_POINTS:
            with self.subTest(point):
                # Deleted with its payment, without a word: only the comparison can tell.
                silent = self.invoice(self.owner, 13)
                paid = self.payment(self.owner, 13, apply={silent: 13})
                self.later()
                self.assertEqual(self.drive({}), [0])
                for each in (paid, silent):
                    self.simulator.act("delete", id=each)

                self.assertEqual(self.work({"act": "compare", "at": point}), [-signal.SIGKILL])
                self.assertEqual(self.work({"act": "compare"}), [0])

                gone = self.rows("SELECT internal_id FROM netsuite_record WHERE state = 'removed'")
                self.assertIn((int(silent),), gone)
                self.assertIn((int(paid),), gone)
                self.assertEqual(
                    self.rows("SELECT id FROM netsuite_run WHERE state = 'running'"), []
                )
