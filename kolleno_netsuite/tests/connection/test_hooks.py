from odoo.tests import TransactionCase, tagged

from ...const import RECORD_TYPES, REFERENCE_TYPES
from ...models.sync.netsuite_connection_steps import in_order


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
        """Return the methods that the steps call, in order; of a unit of work, its own."""
        names = []
        for step in in_order(steps):
            method = getattr(step.work, "func", step.work)
            if method == self.connection._commit_unit:
                method = step.work.args[0]
            of = method.__self__
            names.append(f"{getattr(of, '_name', type(of).__name__)}: {method.__name__}")
        return names

    def test_daily_check_reads_again_between_relationships_and_files(self):
        self.assertEqual(
            self.names(self.connection._daily_steps()),
            [
                "netsuite.connection: _drive_features",
                "netsuite.connection: _drive_relationships",
                "netsuite.connection: _plan_completeness",
                "netsuite.connection: _drive_look_back",
                "netsuite.connection: _drive_strangers",
                "netsuite.connection: _drive_changed_files",
            ],
        )

    def test_healing_ends_with_the_proof(self):
        self.assertEqual(
            self.names(self.connection._heal_steps()),
            [
                "netsuite.connection: _warn_of_certificate",
                "netsuite.connection: _close_stale_runs",
                "netsuite.connection: _retry_failed_by_time",
                "netsuite.connection: _trigger_writing",
                "Removal: finish_leaving",
                "netsuite.connection: _close_matched",
                "netsuite.application: _take_up_undone",
                "netsuite.proof: _heal",
            ],
        )

    def test_regular_synchronisation_begins_with_what_persons_asked_for(self):
        self.assertEqual(
            self.names(self.connection._regular_steps()),
            ["netsuite.resync: _drive", "netsuite.connection: _drive_fetch_in_hours"],
        )

    def test_weekly_comparison_ends_with_the_deletions(self):
        self.assertEqual(
            self.names(self.connection._weekly_steps(None, self.env["netsuite.run"], None)),
            [
                "netsuite.connection: _compare_streams",
                "netsuite.connection: _follow_deletions",
            ],
        )

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
                *("mapping", "subsidiary", "customer", "currency", "period", "content", "bank"),
                *("completeness", "difference", "sign_in", "moved"),
                *("permission", "right", "fact"),
                *("network", "column"),
                *("removal", "program", "server", "field", "document"),
                "writeback",
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
