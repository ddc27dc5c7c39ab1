import importlib.util

from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.misc import file_path

from ...const import LONGEST_INTERVAL, MOST_CALLS_AT_ONCE, RARE_TYPES, RECORD_TYPES
from ...models.pdf.ir_attachment import ONLY_SAVED
from ..support.simulator_case import SimulatorCase

SCRIPTS = "kolleno_netsuite/migrations"


@tagged("post_install", "-at_install")
class TestUpgrade(SimulatorCase):
    """A connection of the first version reads everything after the upgrade."""

    def test_connection_of_the_first_version_reads_the_new_record_types(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        connection = self.connect()
        later = ("contact", "customerdeposit", "depositapplication", "customerrefund")
        connection.stream_ids.filtered(lambda s: s.record_type in later).unlink()
        self.drive(connection)
        # A new column takes its default for all rows.
        connection.history_start = connection._default_history_start()
        old = self.invoice(customer, 20, days_ago=500)
        self.payment(customer, 20, apply={old: 20}, days_ago=490)
        deposit = self._create("customerDeposit", customer={"id": customer}, payment=30)

        self.migrate("19.0.2.0.0", "post-streams")
        self.drive(connection)

        streams = connection.with_context(active_test=False).stream_ids.sorted("sequence")
        self.assertEqual(streams.mapped("record_type"), list(RECORD_TYPES))
        self.assertEqual(streams.mapped("sequence"), list(range(len(RECORD_TYPES))))
        self.assertTrue(self.record_of(connection, "invoice", invoice)._target())
        self.assertTrue(self.record_of(connection, "customerdeposit", deposit)._target())
        self.assertFalse(connection.history_start)
        self.assertTrue(self.record_of(connection, "invoice", old)._target())
        self.assert_in_step(connection)

    def test_connection_recognises_its_database_from_the_upgrade_on_and_a_copy_stays_refused(self):
        connection, copied = self.connect(), self.new_connection(account_id="7654321")
        for each, uuid in ((connection, connection.database_uuid), (copied, "of the original")):
            each.write(
                {
                    "database_key": False,
                    "database_name": False,
                    "database_uuid": uuid,
                    "database_addresses": False,
                }
            )

        self.migrate("19.0.2.1.0", "post-identity", version="19.0.2.0.0")
        self.env.invalidate_all()

        self.assertEqual(connection.database_key, connection._key_file().fingerprint())
        self.assertEqual(connection.database_name, self.env.cr.dbname)
        self.assertTrue(connection.database_addresses)
        self.assertFalse(connection.moved_text)
        self.assertIn("of the original", copied.moved_text)

    def test_connection_waits_for_the_first_charge_after_the_upgrade(self):
        connection = self.connect()
        connection.with_context(active_test=False).stream_ids.filtered(
            lambda stream: stream.record_type in RARE_TYPES
        ).unlink()

        self.migrate("19.0.2.1.0", "post-completeness")

        streams = connection.with_context(active_test=False).stream_ids
        awaited = streams.filtered("awaited")
        self.assertEqual(awaited.mapped("record_type"), list(RARE_TYPES))
        self.assertFalse(awaited.filtered("active"))
        self.assertFalse(connection.not_read_text)

    def test_payments_are_paid_by_the_one_rule_after_the_upgrade(self):
        customer = self.customer()
        answer = self.simulator.suiteql("SELECT id FROM account WHERE acctnumber = '1000'")
        bank = {"id": answer.json()["items"][0]["id"]}
        waiting, at_once = self.payment(customer, 60), self.payment(customer, 40, account=bank)
        connection = self.connect()
        self.drive(connection)
        payments = self.env["account.payment"].union(
            *(
                self.record_of(connection, "customerpayment", each)._target()
                for each in (waiting, at_once)
            )
        )
        self.env.flush_all()
        # As the last version left them.
        self.env.cr.execute(
            "UPDATE account_payment SET netsuite_deposited = NULL, is_matched = TRUE,"
            " state = 'in_process' WHERE id = ANY(%s)",
            [payments.ids],
        )
        self.env.invalidate_all()

        self.migrate("19.0.2.1.0", "post-deposited")
        self.env.invalidate_all()

        self.assertEqual(payments.mapped("state"), ["in_process", "paid"])
        self.assertEqual(payments.mapped("is_matched"), [False, True])

    def test_payments_of_the_first_version_know_for_whom_they_are(self):
        parent = self.customer("Harbour Group")
        child = self.customer("Harbour North", parent={"id": parent})
        invoices = self.invoice(parent, 40), self.invoice(child, 60)
        shared = self.payment(parent, 100, apply={invoices[0]: 40, invoices[1]: 60})
        own = self.payment(parent, 5)
        connection = self.connect()
        self.drive(connection)
        record = self.record_of(connection, "customerpayment", shared)
        self.assertEqual(record.line_customers, [child])
        record.line_customers = False

        self.env.flush_all()
        self.migrate("19.0.2.0.0", "post-payments")
        self.env.invalidate_all()

        self.assertEqual(record.line_customers, [child])
        self.assertFalse(self.record_of(connection, "customerpayment", own).line_customers)

    def test_scheduled_actions_get_their_new_names_but_for_a_persons_own(self):
        former = {
            "heal": "NetSuite: take up what was left behind",
            "daily": "NetSuite: daily check and reconciliation",
            "compare": "NetSuite: weekly comparison of all IDs",
            "documents": "NetSuite: fetch PDFs in advance",
        }
        crons = {name: self.env.ref(f"kolleno_netsuite.ir_cron_{name}") for name in former}
        new = {name: cron.name for name, cron in crons.items()}
        for name, cron in crons.items():
            cron.name = former[name]

        self.migrate("19.0.2.1.0", "post-cron-names", version="19.0.2.0.0")

        self.assertEqual({name: cron.name for name, cron in crons.items()}, new)
        self.assertEqual({name: cron.cron_name for name, cron in crons.items()}, new)

        crons["daily"].name = "Our morning check"
        self.migrate("19.0.2.1.0", "post-cron-names", version="19.0.2.0.0")
        self.assertEqual(crons["daily"].name, "Our morning check")

    def test_mappings_keep_who_chose_them_and_saved_filters_find_them(self):
        connection = self.connect()
        mapping = connection.mapping_ids.filtered("account_id")[:1]
        mapping.state = "manual"
        saved = self.env["ir.filters"].create(
            {
                "name": "Mine",
                "model_id": "netsuite.mapping",
                "domain": "[('how', '=', 'manual'), ('code', '=', 'how')]",
                "context": "{'group_by': ['how']}",
                "sort": '["how desc"]',
            }
        )
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE netsuite_mapping RENAME COLUMN state TO how")

        self.migrate("19.0.2.1.0", "pre-mapping-state", version="19.0.2.0.0")
        self.migrate("19.0.2.1.0", "pre-mapping-state", version="19.0.2.0.0")
        self.env.invalidate_all()

        self.assertEqual(mapping.state, "manual")
        self.assertEqual(saved.domain, "[('state', '=', 'manual'), ('code', '=', 'how')]")
        self.assertEqual(saved.context, "{'group_by': ['state']}")
        self.assertEqual(saved.sort, '["state desc"]')

    def test_connections_know_what_they_worked_with_so_far(self):
        customer = self.customer()
        self.payment(customer, 5)
        connection = self.connect()
        self.drive(connection)
        stream = connection.stream_ids.filtered(lambda s: s.record_type == "customer")
        stream.missing_columns = ["fax", "custentity_own"]
        connection.fact_ids.unlink()
        # As a query that failed had left it, although its subsidiaries were read.
        self.env.flush_all()
        self.env.cr.execute("UPDATE netsuite_connection SET one_world = FALSE")
        self.env.invalidate_all()

        self.migrate("19.0.2.1.0", "post-facts", version="19.0.2.0.0")
        self.env.invalidate_all()

        facts = {fact.key: fact.value for fact in connection.fact_ids}
        self.assertTrue(connection.one_world)
        self.assertEqual(
            [facts[key] for key in ("one_world", "multi_currency", "table:transactionline")],
            ["yes", "yes", "yes"],
        )
        self.assertEqual(facts["column:customer.fax"], "no")
        self.assertEqual(facts["column:customer.url"], "yes")
        self.assertEqual(stream.missing_columns, ["custentity_own"])
        self.assertEqual(connection.lacking, ["customer.fax"])
        self.drive(connection)
        self.assert_in_step(connection)

    def test_account_without_subsidiaries_stays_one_after_the_upgrade(self):
        self.simulator.switches(one_world=False)
        connection = self.connect()
        self.drive(connection)
        connection.fact_ids.unlink()
        self.env.flush_all()
        self.env.cr.execute("UPDATE netsuite_connection SET one_world = FALSE")
        self.env.invalidate_all()

        self.migrate("19.0.2.1.0", "post-facts", version="19.0.2.0.0")
        self.env.invalidate_all()

        fact = connection.fact_ids.filtered(lambda fact: fact.key == "one_world")
        self.assertEqual(fact.value, "no")
        self.assertFalse(connection.one_world)

    def test_what_waits_for_its_first_import_is_in_set_up_and_the_rest_stays(self):
        served = self.connect()
        self.drive(served)
        waiting, paused = (
            served.create({"name": name, "account_id": name, "company_id": self.main_company.id})
            for name in ("1234567", "1234567_SB1")
        )
        self.env["netsuite.run"].create({"connection_id": waiting.id, "kind": "comparison"})
        waiting._advance("connected")
        paused._advance("connected")
        paused._pause("Year-end")

        self.migrate("19.0.2.1.0", "post-in-set-up", version="19.0.2.0.0")

        self.assertRecordValues(
            served | waiting | paused,
            [{"state": state, "pause_reason": False} for state in ("connected", "setup", "setup")],
        )

    def test_to_do_of_a_lost_connection_closes_by_reconnecting_after_the_upgrade(self):
        connection = self.connect()
        todo = "mail.mail_activity_data_todo"
        ours = connection.activity_schedule(todo, summary="Reconnect NetSuite")
        own = connection.activity_schedule(todo, summary="Ask about the sandbox")

        self.migrate("19.0.2.1.0", "post-reconnect-activities")

        self.assertEqual(ours.activity_type_id.name, "Reconnect NetSuite")
        connection.action_connect()
        self.assertEqual(connection.activity_ids, own)

    def test_dialog_that_would_only_archive_leaves_customers_as_they_are(self):
        wizard = self.env["netsuite.exclude"].create({"connection_id": self.connect().id})
        self.env.flush_all()
        self.env.cr.execute("UPDATE netsuite_exclude SET effect = 'archive'")

        self.migrate("19.0.2.1.0", "post-exclude-effect")

        wizard.invalidate_recordset()
        self.assertEqual(wizard.effect, "keep")

    def test_customers_compared_before_own_entries_were_looked_for_show_their_ledger(self):
        connection = self.connect()
        proof = self.env["netsuite.proof"].create(
            {
                "connection_id": connection.id,
                "company_id": self.main_company.id,
                "currency_id": self.main_company.currency_id.id,
                "currency_name": "USD",
                "customer_internal_id": 1,
                "odoo_open": 70,
                "state": "agrees",
                "as_of": "2026-01-01 00:00:00",
            }
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE netsuite_proof SET ledger_open = NULL")

        self.migrate("19.0.2.1.0", "post-partner-ledger", version="19.0.2.0.0")
        self.env.invalidate_all()

        self.assertEqual(proof.ledger_open, 70)

    def test_limits_of_former_versions_come_within_their_bounds(self):
        connection = self.connect()
        stream = connection.stream_ids[0]
        other = connection.stream_ids[1]
        other.interval_minutes = 30
        self.env.flush_all()
        for table in ("netsuite_connection", "netsuite_stream"):
            for name in ("concurrency_range", "interval_range"):
                self.env.cr.execute(
                    SQL(
                        "ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s",
                        SQL.identifier(table),
                        SQL.identifier(f"{table}_{name}"),
                    )
                )
        largest = 2**31 - 1
        connection.write({"concurrency_limit": largest, "interval_minutes": largest})
        stream.interval_minutes = largest
        self.env.flush_all()

        self.migrate("19.0.2.1.0", "pre-bounded-limits", version="19.0.2.0.0")
        self.env.invalidate_all()

        self.assertEqual(connection.concurrency_limit, MOST_CALLS_AT_ONCE)
        self.assertEqual(connection.interval_minutes, LONGEST_INTERVAL)
        self.assertEqual((stream | other).mapped("interval_minutes"), [LONGEST_INTERVAL, 30])

    def test_pages_that_were_fetched_before_are_only_saved(self):
        Attachment = self.env["ir.attachment"]
        page = {"name": "a.html", "raw": b"<html/>", "mimetype": "text/html"}
        fetched = Attachment.create({**page, "netsuite_file_id": 7})
        pdf = Attachment.create(
            {"name": "a.pdf", "raw": b"%PDF", "mimetype": "application/pdf", "netsuite_file_id": 8}
        )
        own = Attachment.create(page)
        self.env.flush_all()

        self.migrate("19.0.2.1.0", "post-files", version="19.0.2.0.0")
        self.env.invalidate_all()

        self.assertEqual(
            (fetched | pdf | own).mapped("mimetype"), [ONLY_SAVED, "application/pdf", "text/html"]
        )

    def test_documents_with_a_tax_and_no_turnover_are_offered_to_be_booked_again(self):
        connection = self.connect()
        code = connection.mapping_ids.filtered(lambda row: row.kind == "tax")[:1]
        code.action_create_taxes()
        self.invoice(self.customer(), 100, tax=code.internal_id)
        self.drive(connection)
        self.assertFalse(code.booked_before)

        self.migrate("19.0.2.1.0", "post-taxes", version="19.0.2.0.0")

        self.assertTrue(code.booked_before)
        self.assertIn("again: 1", code.action_book_documents_again()["params"]["message"])

    def test_payment_methods_that_never_had_an_effect_are_not_mapped_after_the_upgrade(self):
        connection = self.connect()
        visa, wire = connection.mapping_ids.filtered(lambda row: row.kind == "payment_method")[:2]
        (visa | wire).action_create_payment_methods()
        own = wire.payment_method_line_id
        bank = self.env["account.journal"].search(
            [("company_id", "=", visa.company_id.id), ("type", "=", "bank")]
        )
        bank = bank.filtered(lambda journal: not journal.netsuite_connection_id)[:1]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE netsuite_mapping SET payment_method_line_id = %s WHERE id = %s",
            [bank.inbound_payment_method_line_ids[:1].id, visa.id],
        )

        self.migrate("19.0.2.1.0", "post-payment-methods", version="19.0.2.0.0")
        self.env.invalidate_all()

        self.assertRecordValues(
            visa | wire,
            [
                {"state": "none", "payment_method_line_id": False},
                {"state": "manual", "payment_method_line_id": own.id},
            ],
        )

    def migrate(self, folder, script, version="19.0.1.0.0"):
        """Run a script of the upgrade, as Odoo loads it.

        :param folder: the version that the script leads to.
        :param version: the one that it comes from.
        """
        name = script.replace("-", "_")
        path = file_path(f"{SCRIPTS}/{folder}/{script}.py")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.env.cr, version)
