from odoo.exceptions import AccessError
from odoo.tests import mute_logger, new_test_user, tagged

from ..support.simulator_case import SimulatorCase

SYNC_LOG = "odoo.addons.kolleno_netsuite.models.sync.netsuite_connection_driving"
ONE_WORLD_TABLES = ["subsidiary", "customersubsidiaryrelationship"]
ONE_WORLD_COLUMNS = ["transactionline.subsidiary", "account.subsidiary"]
WORDINGS = (
    {"unknown_column_wording": "identifier", "unknown_table_wording": "record"},
    {"unknown_column_wording": "field", "unknown_table_wording": "search_type"},
    {"unknown_column_wording": "field_of_record", "unknown_table_wording": "record"},
)


class FactsCase(SimulatorCase):
    def fact(self, connection, key):
        return connection.fact_ids.filtered(lambda fact: fact.key == key)

    def books(self, connection):
        """Return all that is booked: company, state, amounts and rate of each document."""
        self.env.flush_all()
        moves = self.env["account.move"].search(
            [("netsuite_record_id.connection_id", "=", connection.id)], order="id"
        )
        return [
            (move.id, move.company_id.id, move.state, move.amount_total, move.amount_residual)
            for move in moves
        ]

    def administrator(self, **values):
        return new_test_user(
            self.env,
            login="facts_administrator",
            groups="kolleno_netsuite.group_netsuite_administrator",
            company_id=self.main_company.id,
            company_ids=[(6, 0, self.company_ids)],
            **values,
        )

    def run_everything(self, connection):
        self.drive(connection)
        connection._drive_daily()
        connection._drive_heal()


@tagged("post_install", "-at_install")
class TestLostRights(FactsCase):
    """What once answered and is refused now stops its reading, and changes nothing (faults B1)."""

    companies = 2

    def test_nothing_is_rebooked_when_the_role_loses_the_subsidiaries(self):
        home, abroad = self.customer(), self.customer("Thames Ropes", self.UK, self.GBP)
        self.invoice(home, 100)
        british = self.invoice(abroad, 80)
        connection = self.connect()
        self.drive(connection)
        self.assert_in_step(connection)
        self.assertEqual(self.fact(connection, "one_world").value, "yes")
        before = self.books(connection)

        # All that crons do in the first of NetSuite's wordings; reading and proving in the others.
        for wording, drive in zip(
            WORDINGS, (self.run_everything, self.drive, self.drive), strict=True
        ):
            with self.subTest(**wording):
                self.simulator.switches(
                    missing_tables=ONE_WORLD_TABLES, missing_columns=ONE_WORLD_COLUMNS, **wording
                )
                self.simulator.act("edit", type="invoice", id=british, body={"memo": str(wording)})
                drive(connection)

                self.assertEqual(self.books(connection), before)
                self.assertTrue(connection.one_world)
                issue = self.open_issues(connection, "right")
                self.assertEqual(issue.key, "right:one_world")
                self.assertIn("Lists: Subsidiaries (View)", issue.advice)
                fact = self.fact(connection, "one_world")
                self.assertTrue(fact.refused_at)
                self.assertIn("invoice", fact.refused_for)
                self.assertEqual(
                    (connection.standing, connection.standing_level), ("lost", "warning")
                )
                self.assertEqual(issue.action_fix()["res_id"], fact.id)

                self.simulator.switches(missing_tables=[], missing_columns=[])
                issue.action_retry()
                drive(connection)

                self.assertEqual(issue.state, "solved")
                self.assertFalse(fact.refused_at)
                self.assertFalse(self.open_issues(connection))
                self.assertEqual(self.books(connection), before)
                self.assert_in_step(connection)
                record = self.record_of(connection, "invoice", british)
                self.assertEqual(record.payload["row"]["memo"], str(wording))

    def test_lost_field_stops_its_records_until_an_administrator_reads_without_it(self):
        customer = self.customer(fax="555 0199")
        connection = self.connect()
        self.drive(connection)
        partner = self.record_of(connection, "customer", customer)._target()
        self.simulator.switches(missing_columns=["customer.fax"])
        self.simulator.act("edit", type="customer", id=customer, body={"companyName": "Harbour 2"})
        other = self.invoice(customer, 7)

        self.drive(connection)

        self.assertEqual(partner.name, "Harbour Supplies")
        self.assertTrue(self.record_of(connection, "invoice", other)._target())
        issue = self.open_issues(connection, "right")
        self.assertEqual(issue.key, "right:column:customer.fax")
        fact = self.fact(connection, "column:customer.fax")
        self.assertTrue(fact.can_do_without)
        user = new_test_user(
            self.env,
            login="facts_viewer",
            groups="kolleno_netsuite.group_netsuite_viewer",
            company_id=self.main_company.id,
            company_ids=[(6, 0, self.company_ids)],
        )
        with self.assertRaises(AccessError):
            fact.with_user(user).action_do_without()

        fact.with_user(self.administrator(name="Ann Keeper")).action_do_without()
        self.drive(connection)

        self.assertEqual(issue.state, "solved")
        self.assertEqual(
            (fact.value, fact.source), ("no", "Entered by Ann Keeper: read without it")
        )
        self.assertEqual(partner.name, "Harbour 2")
        self.assert_in_step(connection)

    @mute_logger(SYNC_LOG)
    def test_right_that_is_lost_before_the_first_import_leaves_no_documents_out(self):
        customer = self.customer()
        invoice = self.invoice(customer, 7)
        connection = self.connect()
        self.simulator.switches(missing_tables=["transaction"])

        self.drive(connection)

        self.assertFalse(connection._shape().lacks("transaction"))
        self.assertNotEqual(connection.standing, "good")
        self.simulator.switches(missing_tables=[])
        self.drive(connection)
        self.assertTrue(self.record_of(connection, "invoice", invoice)._target())

    def test_lost_right_on_one_type_stops_that_type_only(self):
        connection = self.connect()
        customer = self.customer()
        self.drive(connection)
        self.simulator.switches(missing_tables=["contact"])
        invoice = self.invoice(customer, 7)

        self.drive(connection)

        issue = self.open_issues(connection)
        self.assertEqual(issue.mapped("key"), ["right:table:contact"])
        self.assertTrue(self.record_of(connection, "invoice", invoice)._target())
        accountant = new_test_user(
            self.env,
            login="facts_accountant",
            groups="kolleno_netsuite.group_netsuite_accountant",
            company_id=self.main_company.id,
            company_ids=[(6, 0, self.company_ids)],
        )
        answer = issue.with_user(accountant).action_retry()
        self.assertEqual(answer["params"]["message"], "NetSuite is asked again now.")
        self.simulator.switches(missing_tables=[])
        self.drive(connection)
        self.assertFalse(self.open_issues(connection))

    def test_mapped_field_with_the_name_of_a_fixed_column_costs_itself_only(self):
        customer = self.customer("Thames Ropes", self.UK, self.GBP)
        self.invoice(customer, 80)
        connection = self.connect()
        self.drive(connection)
        before = self.books(connection)
        self.env["netsuite.field.mapping"].create(
            {
                "connection_id": connection.id,
                "record_type": "invoice",
                "field_name": "subsidiary",
                "destination": "attributes",
                "conversion": "list_id",
            }
        )
        self.drive(connection)
        self.run_everything(connection)

        self.assertEqual(self.books(connection), before)
        self.assertTrue(connection.one_world)
        self.assertFalse(self.open_issues(connection, "right"))
        self.assert_balances(connection)


@tagged("post_install", "-at_install")
class TestLearning(FactsCase):
    """What is known of an account comes from an answer, or from an administrator."""

    def test_list_of_features_is_asked_first(self):
        connection = self.connect()

        facts = {f.key: f.value for f in connection.fact_ids if ":" not in f.key}
        self.assertEqual(
            (facts["one_world"], facts["multi_currency"], facts["suitetax"]), ("yes", "yes", "no")
        )
        self.assertEqual(
            self.fact(connection, "one_world").source, "NetSuite's list of enabled features"
        )

    def test_refused_list_is_made_up_for_by_what_answers(self):
        self.simulator.switches(missing_tables=["companyfeaturesetup"])
        connection = self.connect()

        fact = self.fact(connection, "one_world")
        self.assertEqual(fact.value, "yes")
        self.assertIn("subsidiary", fact.source)

    def test_account_of_which_nothing_tells_is_not_connected_before_someone_says(self):
        self.simulator.switches(one_world=False, missing_tables=["companyfeaturesetup"])
        connection = self.new_connection()

        connection.action_connect()

        self.assertEqual(connection.state, "draft")
        self.assertIn("Subsidiaries (OneWorld)", connection.state_reason)
        fact = self.fact(connection, "one_world")
        self.assertEqual(fact.value, "unknown")
        fact.with_user(self.administrator(name="Ann Keeper")).action_say_no()
        connection.action_connect()
        self.assertEqual(connection.state, "setup")
        self.assertFalse(connection.one_world)
        self.assertEqual(fact.source, "Entered by Ann Keeper")
        self.assertEqual(connection.subsidiary_ids.internal_id, 0)

    def test_feature_switched_on_later_changes_nothing_before_an_administrator_decides(self):
        self.simulator.switches(one_world=False)
        connection = self.connect()
        self.invoice(self.customer(), 100)
        self.drive(connection)
        before = self.books(connection)
        self.simulator.switches(one_world=True)

        self.run_everything(connection)

        issue = self.open_issues(connection, "fact")
        fact = self.fact(connection, "one_world")
        self.assertEqual(issue.key, "fact:one_world")
        self.assertEqual((fact.value, fact.told), ("no", "yes"))
        self.assertFalse(connection.one_world)
        self.assertEqual(self.books(connection), before)

        fact.with_user(self.administrator()).action_take_over()

        self.assertEqual(issue.state, "solved")
        self.assertTrue(connection.one_world)
        self.drive(connection)
        self.assertIn(self.US, connection.subsidiary_ids.mapped("internal_id"))
        self.assertEqual(self.books(connection), before)

    def test_answer_without_documents_says_nothing_of_their_lines(self):
        self.simulator.switches(features_off=["DEPARTMENTS", "CLASSES", "LOCATIONS"])
        connection = self.connect()
        self.drive(connection)
        self.assertFalse(self.fact(connection, "column:transactionline.department"))

        self.invoice(self.customer(), 100)
        self.run_everything(connection)

        self.assertEqual(self.fact(connection, "column:transactionline.department").value, "no")
        self.assertFalse(self.open_issues(connection, "right"))
        self.assert_in_step(connection)

    def test_account_without_each_optional_table_is_in_step_and_says_what_is_missing(self):
        tables = [
            *("term", "paymentmethod", "salestaxitem", "accountingperiod", "contact"),
            *("customeraddressbook", "companycontactrelationship", "department"),
            *("classification", "location", "customersubsidiaryrelationship"),
        ]
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        self.simulator.switches(missing_tables=tables)
        connection = self.connect()
        self.drive(connection)
        self.payment(customer, 40, apply={invoice: 40})
        self.run_everything(connection)

        self.assertFalse(self.open_issues(connection).filtered(lambda i: i.severity != "0"))
        self.assert_in_step(connection)
        refused = connection.fact_ids.filtered(lambda fact: fact.value == "no")
        self.assertLessEqual(
            {"table:term", "table:paymentmethod", "table:contact", "table:customeraddressbook"},
            set(refused.mapped("key")),
        )
        self.assertIn("refused", self.fact(connection, "table:term").source)
