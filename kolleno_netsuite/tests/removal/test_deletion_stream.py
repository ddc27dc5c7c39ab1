from unittest.mock import patch

from odoo.tests import mute_logger, tagged

from ...client import transport
from ...models.removal.removal import REST_NAMES, Removal
from ..support.deletion_case import DeletionCase
from ..support.netsuite_builders import unguarded

QUIET = "odoo.addons.kolleno_netsuite.models.connection.isolation"


@tagged("post_install", "-at_install")
class TestDeletionStream(DeletionCase):
    """Nothing leaves the books without NetSuite's own word, whatever it does not show."""

    # === WHERE NETSUITE DOES NOT TELL === #

    def test_without_ids_the_record_is_found_by_its_name_and_asked_for(self):
        self.simulator.switches(deletedrecord_recordid=False)
        open_invoice, paid = self.target("invoice", self.open), self.target("invoice", self.paid)
        self.simulator.act("delete", id=self.open)
        self.simulator.clear_requests()

        self.drive(self.connection)

        self.assertEqual(open_invoice.state, "cancel")
        self.assertEqual(paid.state, "posted")
        self.assertEqual(self.connection.deletions_missing_columns, ["recordid"])
        reads = [c["path"] for c in self.simulator.requests() if "/record/v1/invoice/" in c["path"]]
        self.assertEqual(len(reads), 1)

    def test_without_ids_a_record_that_is_there_stays(self):
        self.simulator.switches(deletedrecord_recordid=False)
        number = self.target("invoice", self.open).name
        self.pretend_deleted("invoice", 0, name=f"Invoice #{number}")

        self.drive(self.connection)

        record = self.record_of(self.connection, "invoice", self.open)
        self.assertEqual((record._target().state, record.removal_step), ("posted", False))

    def test_deletions_are_followed_however_the_account_writes_their_type(self):
        for form in ("code", "rest", "text"):
            with self.subTest(form):
                self.simulator.switches(deletedrecord_type=form)
                invoice = self.invoice(self.owner, 10)
                customer = self.customer(f"Gone {form}")
                self.drive(self.connection)
                self.simulator.act("delete", id=invoice)
                self.simulator.act("delete", type="customer", id=customer)
                self.simulator.clear_requests()

                self.drive(self.connection)

                self.assertEqual(self.target("invoice", invoice).state, "cancel")
                self.assertFalse(self.target("customer", customer).active)
                self.assertFalse(self.reads())  # NetSuite's list was clear enough

    def test_deletions_of_unknown_type_are_followed_when_netsuite_has_no_such_record(self):
        self.simulator.switches(deletedrecord_type="number")
        open_invoice, paid = self.target("invoice", self.open), self.target("invoice", self.paid)
        self.simulator.act("delete", id=self.open)
        self.simulator.act("delete", type="customer", id=self.unused)
        # Of a type that nobody mirrors, with the id of an invoice that is there.
        self.pretend_deleted("salesorder", self.paid, name="Sales Order #SO1")
        self.simulator.clear_requests()

        self.drive(self.connection)

        self.assertEqual((open_invoice.state, paid.state), ("cancel", "posted"))
        self.assertFalse(self.target("customer", self.unused).active)
        record = self.record_of(self.connection, "invoice", self.paid)
        self.assertEqual((record.removal_step, record.deleted_at), (False, False))
        self.assertEqual(len(self.reads()), 3)

    def test_deletions_of_other_known_types_cost_no_question(self):
        self.pretend_deleted("salesorder", self.paid, name="Sales Order #SO1")
        self.pretend_deleted("vendorbill", self.open, name="Bill #B1")
        self.simulator.clear_requests()

        self.drive(self.connection)

        self.assertFalse(self.reads())

    def test_list_that_names_nothing_is_told_and_blames_no_role(self):
        self.simulator.switches(missing_columns=["deletedrecord.recordid", "deletedrecord.name"])
        self.simulator.act("delete", id=self.open)

        self.drive(self.connection)
        issue = self.open_issues(self.connection, "permission")

        self.assertTrue(self.connection.deletions_hidden_since)
        self.assertIn("no column", issue.advice)
        self.assertNotIn("Roles", issue.advice)

    def test_list_without_the_type_is_followed_by_id(self):
        self.simulator.switches(missing_columns=["deletedrecord.type"])
        move = self.target("invoice", self.open)
        self.simulator.act("delete", id=self.open)

        self.drive(self.connection)

        self.assertEqual(move.state, "cancel")
        self.assertEqual(self.connection.deletions_missing_columns, ["type"])

    def reads(self):
        """Return the records that were asked for one by one."""
        return [
            call["path"]
            for call in self.simulator.requests()
            if "/record/v1/" in call["path"] and call["method"] == "GET"
        ]

    def test_role_without_the_permission_gets_a_banner_and_the_sync_goes_on(self):
        self.simulator.fault("permission_missing", times=None, record="deletedrecord")
        self.simulator.act("delete", id=self.open)
        newcomer = self.invoice(self.owner, 5)
        move = self.target("invoice", self.open)

        self.drive(self.connection)
        hidden, state = self.connection.deletions_hidden_since, move.state
        issue = self.open_issues(self.connection, "permission")
        self.connection._drive_daily()
        self.connection._drive_heal()

        self.assertTrue(hidden)
        self.assertIn("Deleted Records (View)", issue.advice)
        self.assertEqual(self.target("invoice", newcomer).state, "posted")
        # The open-items check asks for what NetSuite no longer shows.
        self.assertEqual((state, move.state), ("posted", "cancel"))

    def test_permission_that_is_given_later_leaves_no_gap(self):
        self.simulator.fault("permission_missing", times=None, record="deletedrecord")
        self.simulator.act("delete", id=self.open)
        self.drive(self.connection)
        self.later(86400)
        self.drive(self.connection)
        self.simulator.clear_faults()

        self.drive(self.connection)

        self.assertEqual(self.target("invoice", self.open).state, "cancel")
        self.assertFalse(self.connection.deletions_hidden_since)
        self.assertFalse(self.open_issues(self.connection, "permission"))

    def test_deletions_are_not_asked_for_when_switched_off(self):
        self.connection.track_deletions = False
        self.simulator.clear_requests()

        self.drive(self.connection)

        self.assertFalse(self.deletion_calls())

    # === HOW AN ACCOUNT REFUSES WHAT IS NOT THERE === #

    def test_deletion_is_followed_however_the_account_refuses_what_is_gone(self):
        self.simulator.fault("permission_missing", times=None, record="deletedrecord")
        for words in (
            {"missing_record": "no_instance"},
            {"missing_transaction": "type_incorrect"},
        ):
            with self.subTest(words):
                self.simulator.switches(**words)
                invoice = self.invoice(self.owner, 7)
                self.drive(self.connection)
                self.simulator.act("delete", id=invoice)

                self.connection._drive_daily()
                self.connection._drive_heal()

                self.assertEqual(self.target("invoice", invoice).state, "cancel")
                self.assertEqual(self.target("invoice", self.open).state, "posted")
        self.assert_in_step(self.connection)

    def test_where_no_document_of_the_type_is_shown_nothing_is_gone(self):
        self.simulator.switches(missing_transaction="type_incorrect")
        self.simulator.act("delete", id=self.memo)
        record = self.record_of(self.connection, "creditmemo", self.memo)
        client = self.connection._client()

        gone = Removal(self.connection).remove_missing(client, "creditmemo", [self.memo])
        issue = self.open_issues(self.connection, "removal")

        self.assertEqual((gone, record._target().state), ([], "posted"))
        self.assertEqual((issue.key, issue.record_ids), ("unclear:creditmemo", record))
        self.assertIn("does not say", issue.title)

        # NetSuite's list of deleted records is its second word.
        issue.action_fix()
        self.drive(self.connection)

        self.assertEqual((record.state, issue.state), ("removed", "solved"))
        self.assert_in_step(self.connection)

    def test_transaction_that_another_type_of_the_service_has_stays(self):
        client = self.connection._client()
        record = self.record_of(self.connection, "invoice", self.open)
        payment = self.record_of(self.connection, "customerpayment", self.settling)
        for refusal in ("as_record", "type_incorrect"):
            with self.subTest(refusal):
                self.simulator.switches(missing_transaction=refusal)
                # As an intercompany journal is no journal to the service.
                with patch.dict(REST_NAMES, invoice="creditMemo", customerpayment="invoice"):
                    for each in (record, payment):
                        each.removal_step = "suspected"
                    Removal(self.connection).ask_for_suspected(client)
                    left = Removal(self.connection).remove_missing(client, "invoice", [self.open])

                self.assertEqual(
                    (left, record.removal_step, payment.removal_step), ([], False, False)
                )
                self.assertEqual(record._target().state, "posted")

    # === WHAT CANNOT BE READ === #

    def test_values_that_cannot_be_read_cost_their_deletions_only(self):
        odd = (
            {"deleteddate": "2024-02-30 10:00:00"},
            {"deleteddate": "yesterday"},
            {"deleteddate": "9999-12-31 23:59:59"},
            {"recordid": "4294967297"},
            {"recordid": "abc"},
        )
        bad = {self.invoice(self.owner, 20 + place): values for place, values in enumerate(odd)}
        self.drive(self.connection)
        for invoice in (*bad, self.open):
            self.simulator.act("delete", id=invoice)
        self.spoil({str(invoice): values for invoice, values in bad.items()})
        before = self.connection.deletions_read_until
        self.simulator.clear_requests()

        self.drive(self.connection)

        self.assertEqual(self.target("invoice", self.open).state, "cancel")
        self.assertGreater(self.connection.deletions_read_until, before)
        # Each is listed, and gone because NetSuite was asked for it by its id.
        reads = [c["path"] for c in self.simulator.requests() if "/record/v1/invoice/" in c["path"]]
        self.assertEqual(len(reads), len(bad))
        for invoice, values in bad.items():
            record = self.record_of(self.connection, "invoice", invoice)
            self.assertEqual((record.state, record._target().state), ("removed", "cancel"), values)
            issue = self.issues_of_deletions(record.name)
            self.assertIn(*values.values(), issue.detail)
            self.assertIn(*values, issue.detail)
            self.assertEqual(issue.state, "solved")
        # The window overlaps the one before, and brings the same rows.
        self.drive(self.connection)
        self.assertFalse(self.open_issues(self.connection))
        self.assert_in_step(self.connection)

    def test_deletion_that_cannot_be_read_waits_where_nothing_is_gone(self):
        number = self.target("invoice", self.open).name
        self.pretend_deleted("invoice", 987654321, name="Invoice #NOBODY")
        self.pretend_deleted("invoice", 987654322, name=f"Invoice #{number}")
        self.pretend_deleted("salesorder", 987654323, name="Sales Order #SO1")
        self.spoil(
            {
                "987654321": {"recordid": "4294967297"},
                "987654322": {"recordid": "abc"},
                "987654323": {"recordid": "abc"},
            }
        )
        self.simulator.act("delete", id=self.settling)

        self.drive(self.connection)

        record = self.record_of(self.connection, "invoice", self.open)
        self.assertEqual((record._target().state, record.removal_step), ("posted", False))
        self.assertEqual(self.target("customerpayment", self.settling).state, "canceled")
        nobody, living = (self.issues_of_deletions(each) for each in ("NOBODY", number))
        self.assertEqual(nobody + living, self.open_issues(self.connection, "content"))
        self.assertIn("4294967297", nobody.detail)
        self.assertEqual((nobody.record_ids, living.record_ids), (record.browse(), record))

    def test_half_a_character_in_a_deletion_is_replaced(self):
        self.simulator.act("delete", id=self.open)
        self.spoil({str(self.open): {"name": "half \ud83d\x00", "deletedby": "Marlow \ude00"}})

        self.drive(self.connection)

        record = self.record_of(self.connection, "invoice", self.open)
        self.assertEqual((record.state, record.deleted_by), ("removed", "Marlow \ufffd"))

    def test_deletion_that_odoo_refuses_to_note_costs_itself(self):
        self.simulator.act("delete", id=self.open)
        self.simulator.act("delete", id=self.settling)
        refused = self.record_of(self.connection, "invoice", self.open)
        self.refuse("netsuite_record", f"NEW.id = {refused.id} AND NEW.deleted_at IS NOT NULL")

        with mute_logger(QUIET):
            self.drive(self.connection)

        self.assertEqual(self.target("customerpayment", self.settling).state, "canceled")
        self.assertEqual(refused._target().state, "posted")
        issue = self.issues_of_deletions(refused.name)
        self.assertEqual((issue.state, issue.record_ids), ("open", refused))

    def spoil(self, rows):
        """Let NetSuite's list of deletions have other values in the rows of some records."""
        self.simulator.fault(
            "odd_values", match="deletedrecord", times=None, key="recordid", rows=rows
        )

    def issues_of_deletions(self, name):
        return self.env["netsuite.issue"].search([("key", "=like", f"deletion:%{name}")])

    def refuse(self, table, condition):
        """Let the database refuse to write rows of a table, until the test ends."""
        self.env.flush_all()
        self.env.cr.execute(
            f"""CREATE FUNCTION refuse() RETURNS trigger AS $$
                BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'check_violation'; END;
                $$ LANGUAGE plpgsql;
                CREATE TRIGGER refuse BEFORE UPDATE ON {table} FOR EACH ROW
                WHEN ({condition}) EXECUTE FUNCTION refuse()"""
        )

    # === NEVER WITHOUT A POSITIVE SIGNAL === #

    def test_failing_or_refused_reads_close_nothing(self):
        self.enterContext(patch.object(transport, "BACK_OFF", (0.0,) * 5))
        client = self.connection._client()
        for fault, match in (("500", "suiteql"), ("permission_missing", None)):
            with self.subTest(fault):
                more = {"match": match} if match else {"record": "invoice"}
                self.simulator.fault(fault, times=None, **more)
                self.drive(self.connection)
                self.simulator.clear_faults()
                self.connection.stream_ids.write({"next_read_at": False, "failures": 0})
        self.simulator.fault("permission_missing", times=None, record="invoice")
        self.record_of(self.connection, "invoice", self.open).removal_step = "suspected"
        Removal(self.connection).ask_for_suspected(client)

        self.assertEqual(self.target("invoice", self.open).state, "posted")
        self.assertFalse(self.record_of(self.connection, "invoice", self.open).removal_step)

    def test_record_that_comes_back_is_listed_and_not_booked_by_itself(self):
        self.env["netsuite.booking"]._remove(self.record_of(self.connection, "invoice", self.open))
        move = self.target("invoice", self.open)
        self.simulator.act("edit", type="invoice", id=self.open, body={"memo": "back again"})

        self.drive(self.connection)
        issue = self.open_issues(self.connection, "removal")
        state = move.state
        issue.action_fix()
        self.connection._drive_book()

        self.assertEqual(state, "cancel")
        self.assertIn("shows records again that it had deleted", issue.title)
        self.assertEqual((move.state, issue.state), ("posted", "solved"))
        self.assert_in_step(self.connection)

    def test_many_deletions_stop_and_go_on_when_somebody_confirms(self):
        many = [self.invoice(self.owner, 10 + number) for number in range(12)]
        self.drive(self.connection)
        for invoice in many:
            self.simulator.act("delete", id=invoice)

        self.drive(self.connection)
        issue = self.open_issues(self.connection, "removal")
        count, before = issue.record_count, {self.target("invoice", i).state for i in many}
        issue.action_fix()
        self.drive(self.connection)

        self.assertEqual((count, before), (12, {"posted"}))
        self.assertIn("12 at once", issue.advice)
        self.assertEqual({self.target("invoice", each).state for each in many}, {"cancel"})
        self.assertEqual(issue.state, "solved")
        self.assert_in_step(self.connection)

    def test_deletion_that_odoo_refuses_is_listed_and_the_rest_goes_on(self):
        move, memo = self.target("invoice", self.open), self.target("creditmemo", self.memo)
        unguarded(move.journal_id).active = False
        self.main_company.fiscalyear_lock_date = self.day(10)
        self.simulator.act("delete", id=self.open)
        self.simulator.act("delete", id=self.settling)
        payment = self.target("customerpayment", self.settling)

        self.drive(self.connection)

        self.assertEqual(payment.state, "canceled")
        record = self.record_of(self.connection, "invoice", self.open)
        self.assertIn(record.state, ("failed", "removed"))
        self.assertEqual(memo.state, "posted")

    def test_document_that_could_not_be_booked_leaves_with_its_issue(self):
        never = self.invoice(self.owner, 12)
        odd = {str(each): {"foreigntotal": "abc"} for each in (never, self.open)}
        self.simulator.fault("odd_values", rows=odd, times=None)
        self.simulator.act("edit", type="invoice", id=self.open, body={"memo": "odd"})
        self.drive(self.connection)
        self.simulator.clear_faults()
        records = self.record_of_all(self.connection, "invoice", [never, self.open])
        self.assertEqual(set(records.mapped("state")), {"failed"})

        for each in (never, self.open):
            self.simulator.act("delete", id=each)
        self.drive(self.connection)

        self.assertEqual(set(records.mapped("state")), {"removed"})
        self.assertEqual(self.target("invoice", self.open).state, "cancel")
        self.assertFalse(self.open_issues(self.connection))
        self.assert_in_step(self.connection)

    # === HOW MUCH IS ASKED === #

    def test_one_call_per_synchronisation_whatever_is_deleted(self):
        self.drive(self.connection)
        self.simulator.clear_requests()
        self.drive(self.connection)
        quiet = len(self.deletion_calls())
        for each in (self.open, self.settling, self.memo):
            self.simulator.act("delete", id=each)
        self.simulator.clear_requests()

        self.drive(self.connection)

        self.assertEqual((quiet, len(self.deletion_calls())), (1, 1))
