from odoo.tests import tagged

from ..support.writeback_case import WritebackCase

QUERY = "/services/rest/query/v1/suiteql"


@tagged("post_install", "-at_install")
class TestWriteBudget(WritebackCase):
    """What write-backs cost: one call each, and a few that all of them share."""

    count = 12

    def prepare(self):
        super().prepare()
        others = [self.invoice(self.owner, 10 + number) for number in range(self.count - 1)]
        self.drive(self.connection)
        records = self.record_of_all(self.connection, "invoice", [self.number, *others])
        self.moves = self.env["account.move"].search([("netsuite_record_id", "in", records.ids)])
        self.simulator.clear_requests()

    def test_one_call_each_and_the_looks_are_shared(self):
        rows = self.stage("L2", self.moves)
        self.assertEqual(len(rows), self.count)

        self.write()

        self.assertEqual(set(rows.mapped("state")), {"confirmed"})
        calls = [(each["method"], each["path"]) for each in self.simulator.requests()]
        self.assertEqual(len(self.writes()), self.count)
        queries = calls.count(("POST", QUERY))
        # The look before, the look after, the invoices with their lines; NetSuite's clock besides.
        self.assertLessEqual(queries, 6)
        self.assertLessEqual([each[0] for each in calls].count("GET"), 1)
        again = len(calls)

        self.write()

        self.assertEqual(len(self.simulator.requests()), again)

    def test_records_are_sent_in_parallel_and_one_call_stays_free(self):
        self.connection.concurrency_limit = 4
        self.fault("slow_first_byte", times=None, seconds=0.3, match="^PATCH")
        self.simulator.account.limit.highest = 0
        rows = self.stage("L2", self.moves)

        self.write()

        self.assertEqual(set(rows.mapped("state")), {"confirmed"})
        self.assertEqual(self.simulator.account.limit.highest, 3)

    def test_updates_of_one_record_are_never_sent_at_the_same_time(self):
        self.connection.concurrency_limit = 4
        self.fault("slow_first_byte", times=None, seconds=0.3, match="^PATCH")
        first = self.stage("L1")
        # As if it were on its way: what follows is a write-back of its own.
        first._advance("sending", sent_at=first.create_date)
        second = self.stage("L2")
        first._advance("queued")
        self.assertEqual(len(first | second), 2)
        self.simulator.account.limit.highest = 0

        self.write()

        self.assertEqual([each[2]["custbody_stage"] for each in self.writes()], ["L1", "L2"])
        self.assertEqual(self.simulator.account.limit.highest, 1)
        self.assertEqual(self.netsuite(), "L2")
        self.assertEqual((first | second).mapped("state"), ["confirmed"] * 2)

    def test_list_of_write_backs_costs_the_same_however_many_there_are(self):
        self.connection.write_active = False
        rows = self.stage("L2", self.moves)
        self.env.flush_all()
        counts = []
        for part in (rows[:2], rows):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            part.read(["summary", "state", "hold_reason", "error", "source_name"])
            counts.append(self.env.cr.sql_log_count - before)

        # Names of the documents are the documents' own.
        self.assertLessEqual(counts[1] - counts[0], 2 * (len(rows) - 2))

    def test_error_that_nobody_foresaw_costs_one_write_back_only(self):
        rows = self.stage("L2", self.moves[:4])
        bad = rows[1]
        # What no way of ours makes, as a fault of the program would.
        bad.value_ids.write({"kind": "number", "meant": {"value": ["not a number"]}})

        with self.assertLogs("odoo.addons.kolleno_netsuite", "WARNING"):
            self.write()

        self.assertEqual((rows - bad).mapped("state"), ["confirmed"] * 3)
        self.assertEqual(bad.state, "failed")
        self.assertIn("Odoo stopped with an error", bad.error)
        self.assertEqual(len(self.writes()), 3)
        self.assertEqual(self.open_issues(self.connection, "writeback").writeback_ids, bad)
