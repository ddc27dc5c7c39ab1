# Databases of their own are worked in as other processes would.
# pylint: disable=invalid-commit,sql-injection

import time
from contextlib import ExitStack

from odoo import SUPERUSER_ID, api, sql_db
from odoo.tests import TransactionCase, tagged

from ...client.errors import ConcurrencyError
from ...client.limiter import GROWTH_SECONDS
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
