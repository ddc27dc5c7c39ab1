# Databases of their own are worked in as other processes would.
# pylint: disable=invalid-commit,sql-injection

import time
from contextlib import ExitStack

from odoo import SUPERUSER_ID, api, sql_db
from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, mute_logger, tagged
from psycopg2.errors import CheckViolation

from ...client.errors import ConcurrencyError
from ...client.limiter import GROWTH_SECONDS
from ...const import LOCK_CALL_SLOT, MOST_CALLS_AT_ONCE
from ...models.connection.postgres_limiter import PostgresqlLimiter

LIMIT = 8


@tagged("post_install", "-at_install")
class TestCallLimit(TransactionCase):
    """All Odoo processes together keep to the number of calls that NetSuite takes.

    The limit is kept by database sessions of its own, so these tests need a connection that is
    really stored; it is deleted in the end.
    """

    def setUp(self):
        super().setUp()
        cr = sql_db.db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(cr.close)
        self.stored = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        self.connection = self.stored["netsuite.connection"].create(
            {
                "name": "Limited",
                "account_id": "8888888",
                "company_id": self.stored.ref("base.main_company").id,
            }
        )
        cr.commit()
        self.addCleanup(self.forget)
        self.limiter = PostgresqlLimiter(cr.dbname, self.connection.id, LIMIT, patience=0)

    def forget(self):
        self.stored.cr.rollback()
        self.connection.unlink()
        self.stored.cr.commit()

    def test_no_more_slots_are_given_than_the_limit(self):
        self.assertEqual(self.free_slots(), LIMIT)

    def test_refusals_for_too_many_calls_halve_the_limit(self):
        self.limiter.refused(time.time())
        self.assertEqual(self.free_slots(), LIMIT // 2)

        self.limiter.refused(time.time())
        self.assertEqual(self.free_slots(), LIMIT // 4)
        self.assertEqual(self.session().rejected_count, 2)

    def test_burst_of_refusals_halves_the_limit_once(self):
        sent_at = time.time()
        for _refusal in range(3):
            self.limiter.refused(sent_at)

        self.assertEqual(self.free_slots(), LIMIT // 2)

    def test_limit_grows_again_by_one_each_quiet_minute(self):
        self.limiter.refused(time.time())
        session = self.session()
        self.stored.cr.execute(
            "UPDATE netsuite_session SET width_changed_at = width_changed_at - %s * '1s'::interval"
            " WHERE id = %s",
            [2 * GROWTH_SECONDS + 5, session.id],
        )
        self.stored.cr.commit()

        self.assertEqual(self.free_slots(), LIMIT // 2 + 2)

    def test_slots_of_two_connections_never_meet(self):
        mine, largest = self.connection.id, 2**31 - 1
        dbname = self.stored.cr.dbname
        # As other processes would that use all that there are.
        self.stored.cr.execute(
            "SELECT pg_advisory_lock(%s, key) FROM generate_series(%s, %s) key",
            [LOCK_CALL_SLOT, mine * MOST_CALLS_AT_ONCE, (mine + 1) * MOST_CALLS_AT_ONCE - 1],
        )
        self.addCleanup(self.stored.cr.execute, "SELECT pg_advisory_unlock_all()")

        with (
            self.assertRaises(ConcurrencyError),
            PostgresqlLimiter(dbname, mine, largest, patience=0).slot(),
        ):
            self.fail("a slot of the next connection was taken")
        with PostgresqlLimiter(dbname, mine + 1, largest, patience=0).slot():
            pass

    def test_limits_that_no_account_has_are_refused(self):
        connection = self.env["netsuite.connection"].create(
            {"name": "Bounded", "account_id": "7777777", "company_id": self.env.company.id}
        )
        stream = connection.stream_ids[0]
        largest = 2**31 - 1
        for record, name, value, refusal in (
            (connection, "concurrency_limit", 0, CheckViolation),
            (connection, "concurrency_limit", largest, CheckViolation),
            (connection, "interval_minutes", 0, ValidationError),
            (connection, "interval_minutes", largest, CheckViolation),
            (stream, "interval_minutes", -1, CheckViolation),
            (stream, "interval_minutes", largest, CheckViolation),
        ):
            with (
                self.subTest(name, value=value),
                self.assertRaises(refusal),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                record.write({name: value})
                self.env.flush_all()

    def session(self):
        self.stored.cr.rollback()
        self.stored.invalidate_all()
        return self.connection.session_ids

    def free_slots(self):
        """Return how many calls may run at once: take slots until there is none."""
        with ExitStack() as taken:
            for count in range(LIMIT + 1):
                try:
                    taken.enter_context(self.limiter.slot())
                except ConcurrencyError:
                    return count
        return LIMIT + 1
