import signal

from odoo.tests import tagged

from ..support.crash_case import CrashCase
from ..support.crash_child import POINTS
from ..support.examples import orders

# Tries of a record before it is set aside (const.POISON_ATTEMPTS), each ended by a kill.
KILLS_OF_A_POISON = 3


@tagged("post_install", "-at_install")
class TestCrash(CrashCase):
    """Killed while everything is read."""

    def test_killed_between_any_two_steps_loses_and_doubles_nothing(self):
        for point in POINTS:
            with self.subTest(point):
                self.business()

                self.assertEqual(self.drive({"at": point}), [-signal.SIGKILL])
                self.assertEqual(self.drive({}), [0])

                self.assert_once_and_in_step()

    def test_killed_again_and_again_at_other_points_still_arrives(self):
        for points in orders(list(reversed(POINTS)), of=list(POINTS)):
            with self.subTest(points):
                self.business()
                for point in points:
                    self.drive({"at": point})

                self.assertEqual(self.drive({}), [0])

                self.assert_once_and_in_step()

    def test_record_that_kills_the_process_is_set_aside_and_the_rest_goes_on(self):
        self.business(tranId="POISON")
        for _kill in range(KILLS_OF_A_POISON):
            self.assertEqual(self.drive({"tranid": "POISON"}), [-signal.SIGKILL])

        self.assertEqual(self.drive({"tranid": "POISON"}), [0])

        self.assertEqual(
            self.rows(
                "SELECT name, state FROM netsuite_record"
                " WHERE record_type = 'invoice' AND state <> 'booked'"
            ),
            [("POISON", "failed")],
        )
        self.assertEqual(
            self.rows("SELECT kind, record_count FROM netsuite_issue WHERE key = 'poison'"),
            [("program", 1)],
        )
        self.assertEqual(self.work({"act": "retry"}), [0])
        self.assertEqual(self.drive({}), [0])
        self.assert_once_and_in_step()
