from odoo.tests import TransactionCase, tagged

from ..const import RECORD_TYPES, REFERENCE_TYPES
from ..models.netsuite_connection_steps import in_order


@tagged("post_install", "-at_install")
class TestHooks(TransactionCase):
    """What the rooms of the addon add to each other's lists and tables is all there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = cls.env["netsuite.connection"].create(
            {"name": "Northwind", "account_id": "7654321"}
        )

    def names(self, steps):
        """Return what the steps do, in order: the unit of work where there is one."""
        works = [step.work for step in in_order(steps)]
        return [
            (work.args[0] if getattr(work, "func", None) == self.connection._commit_unit else work)
            for work in works
        ]

    def test_daily_check_reads_again_between_relationships_and_files(self):
        self.assertEqual(
            self.names(self.connection._daily_steps()),
            [
                self.connection._drive_relationships,
                self.connection._drive_look_back,
                self.connection._drive_changed_files,
            ],
        )

    def test_healing_ends_with_the_proof(self):
        steps = in_order(self.connection._heal_steps())

        self.assertEqual(
            self.names(steps)[:5],
            [
                self.connection._warn_of_certificate,
                self.connection._close_stale_runs,
                self.connection._retry_failed_by_time,
                self.env["netsuite.removal"]._finish_leaving,
                self.env["netsuite.application"]._take_up_undone,
            ],
        )
        self.assertEqual(steps[5].work.func, self.env["netsuite.proof"]._heal)
        self.assertEqual(len(steps), 6)

    def test_every_record_type_that_is_booked_has_a_booker(self):
        bookers = self.env["netsuite.booking"]._bookers()

        self.assertEqual(set(bookers), set(RECORD_TYPES) - set(REFERENCE_TYPES))
        for model in bookers.values():
            self.assertTrue(hasattr(self.env[model], "_book"), model)

    def test_contacts_are_booked_only_when_they_are_synchronised(self):
        contact = [("record_type", "=", "contact")]
        self.assertIn(contact, self.connection._booking_order())

        self.connection.sync_contacts = False

        self.assertNotIn(contact, self.connection._booking_order())

    def test_kinds_of_issues_stand_in_the_order_of_the_accountant(self):
        kinds = [kind for kind, _label in self.env["netsuite.issue"]._fields["kind"].selection]

        self.assertEqual(
            kinds,
            [
                *("mapping", "subsidiary", "customer", "currency", "period", "content"),
                *("difference", "sign_in", "permission", "network", "column", "removal"),
                *("program", "field", "document"),
            ],
        )

    def test_every_fix_and_retry_is_of_a_kind_that_is_known(self):
        Issue = self.env["netsuite.issue"]
        kinds = dict(Issue._fields["kind"].selection)
        fixes, retries = Issue._fixes(), Issue._retries()

        self.assertLessEqual(set(fixes) | set(retries), set(kinds))
        methods = [fix.method for fixes_ in fixes.values() for fix in fixes_]
        for method in (*methods, *retries.values()):
            self.assertTrue(callable(getattr(Issue, method)), method)

    def test_settings_are_followed_only_when_they_change(self):
        self.connection.history_start = "2025-06-01"
        stream = self.connection.stream_ids.filtered(lambda each: each.record_type == "invoice")
        stream.phase = "regular"

        self.connection.write({"history_start": "2025-06-01", "name": "Northwind Traders"})
        self.assertEqual(stream.phase, "regular")

        self.connection.history_start = "2025-01-01"
        self.assertEqual(stream.phase, "history")
        self.assertEqual(str(stream.history_before), "2025-06-01")
