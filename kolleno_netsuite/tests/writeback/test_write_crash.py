import json
import signal

from odoo.sql_db import close_db
from odoo.tests import tagged
from odoo.tools import SQL

from ..support.crash_case import CrashCase
from ..support.crash_child import WRITE_POINTS
from ..support.examples import orders

# What NetSuite surely did not get is sent again behind its own limit of 15 minutes.
MINUTES = 17
KILLED = -signal.SIGKILL
# Nothing has reached NetSuite when the process dies here, or it is not known to have.
UNCALLED = ("looked at, not sent", "marked as being sent, not committed", "committed, not called")


@tagged("post_install", "-at_install")
class TestWriteCrash(CrashCase):
    """Killed while it writes to NetSuite, or in a race: the value is there once all the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        assert cls.work({"act": "write_active"}) == [0]

    def setUp(self):
        super().setUp()
        self.number = int(self.invoice(self.owner, 100))
        self.later()
        self.assertEqual(self.drive({}), [0])
        self.simulator.clear_requests()
        self.minutes = 0

    # === ARRANGING === #

    def intend(self, value="L2", **values):
        job = {"act": "intend", "values": {"invoices": [self.number], "value": value, **values}}
        self.assertEqual(self.work(job), [0])

    def write(self, *jobs, minutes=0):
        """Let workers do what the cron of writing does, all at once; return their exit codes."""
        self.simulator.clock(advance=minutes * 60)
        self.minutes += minutes
        values = {"minutes": self.minutes}
        return self.work(*({"act": "write", "values": values, **job} for job in jobs or ({},)))

    def stored(self, number=None):
        path = f"/record/v1/invoice/{number or self.number}"
        return self.simulator.call("GET", path).json().get("custbody_stage")

    def patches(self, number=None):
        """Return the values that were sent to an invoice, one for each PATCH."""
        return [
            json.loads(call["body"])["custbody_stage"]
            for call in self.simulator.requests()
            if call["method"] == "PATCH" and call["path"].endswith(f"/{number or self.number}")
        ]

    def states(self):
        return [
            state
            for (state,) in self.rows(
                "SELECT state FROM netsuite_writeback"
                f" WHERE netsuite_internal_id = {self.number} ORDER BY id"
            )
        ]

    # === KILLED === #

    def test_killed_at_any_point_writes_the_value_once(self):
        for point in WRITE_POINTS:
            with self.subTest(point):
                self.simulator.clear_requests()
                self.intend(point)
                self.assertEqual(self.write({"at": point}), [KILLED])
                self.assertEqual(self.patches(), [] if point in UNCALLED else [point])

                self.assertEqual(self.write(), [0])
                self.assertEqual(self.write(minutes=2), [0])
                self.assertEqual(self.write(minutes=MINUTES), [0])

                self.assertEqual(self.states()[-1], "confirmed")
                self.assertEqual((self.stored(), self.patches()), (point, [point]))

    def test_killed_again_and_again_writes_the_value_once(self):
        for points in orders(list(reversed(WRITE_POINTS)), of=list(WRITE_POINTS)):
            with self.subTest(points):
                self.simulator.clear_requests()
                self.intend(points[0])
                for point in points:
                    self.write({"at": point}, minutes=MINUTES)

                self.assertEqual(self.write(minutes=MINUTES), [0])

                self.assertEqual(self.states()[-1], "confirmed")
                self.assertEqual((self.stored(), self.patches()), (points[0], [points[0]]))

    def test_killed_in_the_middle_of_many_writes_each_once(self):
        numbers = [int(self.invoice(self.owner, 10 + each)) for each in range(6)]
        self.later()
        self.assertEqual(self.drive({}), [0])
        self.simulator.clear_requests()
        self.intend(invoices=numbers)

        self.assertEqual(self.write({"at": "answer read, not committed"}), [KILLED])
        for minutes in (0, 2, MINUTES):
            self.assertEqual(self.write(minutes=minutes), [0])

        for number in numbers:
            self.assertEqual((self.stored(number), self.patches(number)), ("L2", ["L2"]))

    # === RACES === #

    def test_two_drivers_at_once_write_each_value_once(self):
        numbers = [int(self.invoice(self.owner, 10 + each)) for each in range(8)]
        self.later()
        self.assertEqual(self.drive({}), [0])
        self.simulator.clear_requests()
        self.intend(invoices=numbers)

        self.assertEqual(self.write({}, {}, {}), [0, 0, 0])
        self.assertEqual(self.write(), [0])

        for number in numbers:
            self.assertEqual((self.stored(number), self.patches(number)), ("L2", ["L2"]))

    def test_two_users_mean_the_same_field_at_once_and_the_later_value_stays(self):
        values = {"invoices": [self.number], "policy": "ask", "wait": 1}
        jobs = [{"act": "intend", "values": {**values, "value": each}} for each in ("A", "B")]
        self.assertEqual(self.work(*jobs), [0, 0])

        self.assertEqual(self.write(), [0])
        self.assertEqual(self.write(), [0])

        self.assertEqual(self.states(), ["confirmed", "confirmed"])
        self.assertEqual(len(self.patches()), 2)
        self.assertEqual(self.stored(), self.patches()[-1])

    def test_user_changes_it_in_the_same_moment_as_it_is_sent(self):
        self.intend("A")
        again = {"act": "intend", "values": {"invoices": [self.number], "value": "B", "wait": 1}}

        intended, written = self.work(again, {"act": "write"})

        # Odoo repeats a request that met another one; this worker has no such loop.
        self.assertEqual(written, 0)
        if intended:
            self.intend("B")
        self.assertEqual(self.write(), [0])
        self.assertEqual((self.stored(), self.patches()[-1]), ("B", "B"))
        self.assertLessEqual(len(self.patches()), 2)
        self.assertEqual(set(self.states()), {"confirmed"})

    # === COPIES === #

    def test_restored_copy_writes_nothing(self):
        copy = f"{self.database}_copy"
        self.intend()
        self._copy_database(self.database, copy)
        self.addCleanup(self._drop, copy)

        for act in ("write", "crons"):
            self.assertEqual(self.work({"act": act, "database": copy}), [0])

        self.assertFalse(self.simulator.requests())
        self.assertEqual(self.states(), ["queued"])
        self.assertEqual(self.write(), [0])
        self.assertEqual((self.stored(), self.patches()), ("L2", ["L2"]))

    def _drop(self, name):
        close_db(name)
        self._on_server(SQL("DROP DATABASE IF EXISTS %s", SQL.identifier(name)))
