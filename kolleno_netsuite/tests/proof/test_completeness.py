from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import mute_logger, tagged

from ...client.suiteql import equal
from ...mappers.queries.completeness import read_totals, totals_query
from ..support.receivables_case import DocumentsCase

DAILY = "AS whose"
SYNC_LOG = "odoo.addons.kolleno_netsuite.models.fetch"


@tagged("post_install", "-at_install")
class TestCompleteness(DocumentsCase):
    """Whatever posts to NetSuite's receivables is mirrored, explained, or said to be missing."""

    def setUp(self):
        super().setUp()
        self.owner = self.customer()

    # === ARRANGING AND LOOKING === #

    def act_id(self, act, **params):
        return int(self.simulator.act(act, **params)["id"])

    def tomorrow(self):
        """Let it be a day later for what is asked once a day."""
        self.connection.completeness_next_at = fields.Datetime.now() - timedelta(days=1)
        self.drive(self.connection)

    def rows(self, category):
        self.env.invalidate_all()
        rows = self.env["netsuite.completeness"].search(
            [("connection_id", "=", self.connection.id), ("category", "=", category)]
        )
        return {
            code: (sum(group.mapped("documents")), sum(group.mapped("amount")))
            for code, group in rows.grouped("type_code").items()
        }

    def badge(self):
        self.env.invalidate_all()
        return self.connection.standing_level, self.connection.standing_text

    def assert_green(self):
        self.assertEqual(self.badge(), ("good", "Up to date"))
        self.assertEqual(self.header()["state"], "agrees")

    def header(self):
        return self.env["netsuite.proof"].header([self.connection.id])

    def move_of(self, record_type, internal_id):
        return self.record_of(self.connection, record_type, internal_id)._target()

    def proof(self):
        return self.env["netsuite.proof"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("customer_internal_id", "=", self.owner),
            ]
        )

    # === CHARGES === #

    def test_statement_charge_is_an_invoice_from_its_first_one_on(self):
        charge = self.act_id("charge", customer=self.owner, amount=100)
        self.invoice(self.owner, 50)
        payment = self.payment(self.owner, 60, apply={charge: 60})
        self.connection = self.connect()

        self.drive(self.connection)

        self.assertEqual((self.proof().netsuite_open, self.proof().odoo_open), (90, 90))
        move = self.move_of("customercharge", charge)
        self.assertEqual((move.move_type, move.amount_residual), ("out_invoice", 40))
        self.assert_in_step(self.connection)
        self.assert_green()
        told = self.connection.message_ids.mapped("body")
        self.assertTrue([body for body in told if "NetSuite has Statement charges" in body])
        self.assertFalse(self.stream("customtransaction").active)

        self.simulator.act("unapply", payer=payment, doc=charge)
        self.drive(self.connection)
        self.assertEqual(move.amount_residual, 100)
        self.assert_in_step(self.connection)

        self.simulator.act("delete", id=charge)
        self.drive(self.connection)
        self.assertEqual(move.state, "cancel")
        self.assertEqual(self.proof().odoo_open, -10)
        self.assert_in_step(self.connection)

    def test_charge_that_comes_later_is_found_by_the_daily_question(self):
        self.invoice(self.owner, 50)
        self.connection = self.connect()
        self.drive(self.connection)
        self.assertFalse(self.stream("customercharge").active)
        charge = self.act_id("charge", customer=self.owner, amount=100)

        self.tomorrow()

        self.assertTrue(self.stream("customercharge").active)
        self.assertEqual(self.move_of("customercharge", charge).amount_residual, 100)
        self.assert_green()

    def test_type_that_a_person_switched_off_stays_off_and_is_listed(self):
        charge = self.act_id("charge", customer=self.owner, amount=100)
        self.connection = self.connect()
        self.drive(self.connection)
        self.stream("customercharge").active = False

        # Not only after the next daily question.
        self.drive(self.connection)

        self.assertFalse(self.stream("customercharge").active)
        issue = self.open_issues(self.connection, "completeness")
        self.assertEqual(
            issue.title,
            "1 transaction of type Statement charges, 100.00 USD on receivables, is not mirrored",
        )
        self.assertEqual(self.badge(), ("warning", "1 transaction not mirrored"))
        header = self.header()
        self.assertEqual(header["state"], "waiting")
        (row,) = self.connection.completeness_ids.filtered(
            lambda row: row.category == "not_mirrored"
        )
        posted = self.simulator.suiteql(
            f"SELECT p.id, p.periodname FROM transaction t JOIN accountingperiod p"
            f" ON p.id = t.postingperiod WHERE t.id = {charge}"
        ).json()["items"][0]
        period = posted["periodname"]
        self.assertEqual((row.period, row.period_name), (posted["id"], period))
        self.assertIn(f"Not mirrored: 1 transaction, 100.00 USD ({period}).", header["lines"])
        self.assertIn(f"By period: {period}: 1, 100.00 USD.", issue.advice)

        self.stream("customercharge").write({"active": True, "next_read_at": False})
        self.tomorrow()

        self.assertFalse(self.open_issues(self.connection, "completeness"))
        self.assert_green()

    def test_finance_charge_is_an_invoice_whatever_its_code(self):
        for code in ("CustInvc", "FinChrg"):
            self.simulator.switches(finance_charge_type=code)
            charge = self.act_id("finance_charge", customer=self.owner, amount=15)
            self.payment(self.owner, 5, apply={charge: 5})
        self.connection = self.connect()

        self.drive(self.connection)

        self.assertEqual(self.move_of("invoice", charge).amount_residual, 10)
        self.assertEqual(self.proof().odoo_open, 20)
        self.assert_in_step(self.connection)
        self.assert_green()

    # === CUSTOM TRANSACTIONS === #

    def test_custom_transactions_are_invoices_or_credit_notes_by_their_side(self):
        sale = self.act_id("custom_transaction", customer=self.owner, amount=100)
        credit = self.act_id(
            "custom_transaction", customer=self.owner, amount=30, type="CuTrPrch104"
        )
        invoice = self.invoice(self.owner, 50)
        self.simulator.act("apply", payer=credit, doc=invoice, amount=20)
        self.payment(self.owner, 40, apply={sale: 40})
        self.connection = self.connect()

        self.drive(self.connection)

        debit, refund = (self.move_of("customtransaction", each) for each in (sale, credit))
        self.assertEqual((debit.move_type, debit.amount_residual), ("out_invoice", 60))
        self.assertEqual((refund.move_type, refund.amount_residual), ("out_refund", 10))
        self.assertEqual(self.move_of("invoice", invoice).amount_residual, 30)
        self.assertEqual(self.proof().odoo_unapplied, 10)
        self.assert_in_step(self.connection)
        self.assert_green()
        self.proof()._compare_documents()
        shown = self.proof().document_ids.mapped("netsuite_open")
        self.assertEqual(sorted(shown), [-10, 30, 60])

        self.simulator.act("unapply", payer=credit, doc=invoice)
        self.drive(self.connection)
        self.assertEqual(refund.amount_residual, 30)
        self.assert_in_step(self.connection)

        self.simulator.act("delete", id=credit)
        self.drive(self.connection)
        self.assertEqual(refund.state, "cancel")
        self.assert_in_step(self.connection)

    def test_suspected_charge_leaves_only_when_netsuites_list_names_it(self):
        charge = self.act_id("charge", customer=self.owner, amount=100)
        self.connection = self.connect()
        self.drive(self.connection)
        record = self.record_of(self.connection, "customercharge", charge)
        record._advance(removal_step="suspected")

        self.drive(self.connection)

        self.assertEqual(record.state, "booked")
        self.assertEqual(record._target().state, "posted")

        self.simulator.switches(deletedrecord_type="number")
        self.simulator.act("delete", id=charge)
        self.drive(self.connection)
        self.assertEqual(record.state, "removed")

    def test_role_that_does_not_see_deletions_stops_no_daily_check(self):
        charge = self.act_id("charge", customer=self.owner, amount=100)
        self.connection = self.connect()
        self.drive(self.connection)
        self.simulator.switches(missing_tables=["deletedrecord"])
        self.simulator.act("delete", id=charge)

        self.connection._drive_daily()

        self.assertEqual(self.record_of(self.connection, "customercharge", charge).state, "booked")
        self.assertIn("unclear:customercharge", self.open_issues(self.connection).mapped("key"))
        self.assertFalse(self.connection._running_run())
        level, text = self.badge()
        self.assertEqual(level, "danger")
        self.assertRegex(
            text, "^Not shown by NetSuite since .*: Deleted records · 1 customer doesn't match$"
        )

    # === WHAT IS TOLD APART === #

    def test_revaluation_is_explained_and_blocks_nothing(self):
        euro = self.customer("Quai", currency=self.EUR)
        self.invoice(euro, 100, exchangeRate=1.25)
        self.simulator.act("revalue", date=self.day(10), currency="EUR", rate=1.3)
        self.connection = self.connect()

        self.drive(self.connection)

        # The revaluation and its reversal on the next day.
        self.assertEqual(self.rows("revaluation"), {"FxReval": (2, 0)})
        self.assertTrue([line for line in self.header()["lines"] if "Currency reval" in line])
        self.assertFalse(self.open_issues(self.connection, "completeness"))
        self.assert_green()

    def test_lines_without_a_customer_or_of_others_are_told_apart_and_all_adds_up(self):
        vendor = self._create("vendor", entityId="Mill & Co")
        self.invoice(self.owner, 50)
        self.journal(
            *((self.AR, 7, self.owner), (self.AR, 11, vendor), (self.AR, 13)), (self.SALES, -31)
        )
        self.connection = self.connect()

        self.drive(self.connection)

        self.assertEqual(self.rows("without_customer"), {"Journal": (1, 13)})
        self.assertEqual(self.rows("other_entity"), {"Journal": (1, 11)})
        self.assertEqual(self.rows("mirrored"), {"CustInvc": (1, 50), "Journal": (1, 7)})
        self.assert_green()

    def test_type_that_nobody_mirrors_is_an_issue_with_its_amount(self):
        self.journal((self.AR, 7, self.owner), (self.SALES, -7))
        self.connection = self.connect(sync_journals=False)

        self.drive(self.connection)

        self.assertEqual(self.rows("not_mirrored"), {"Journal": (1, 7)})
        self.assertIn("7.00 USD", self.open_issues(self.connection, "completeness").title)
        self.assertEqual(self.badge(), ("warning", "1 transaction not mirrored"))

    # === WHAT A RULE LEAVES OUT === #

    def test_what_a_rule_leaves_out_is_told_apart_and_hides_no_gap(self):
        start = self.day(30)
        closed, closed_too, linked = (self.invoice(self.owner, 70, days_ago=60) for _each in "abc")
        self.payment(self.owner, 70, apply={closed: 70}, days_ago=50)
        self.payment(self.owner, 70, apply={closed_too: 70}, days_ago=50)
        # An open one, and one that a later payment closed: both are mirrored.
        self.invoice(self.owner, 11, days_ago=60)
        self.payment(self.owner, 70, apply={linked: 70}, days_ago=20)
        self.invoice(self.owner, 50, days_ago=20)
        left_out = self.customer("Left Out")
        self.invoice(left_out, 8, days_ago=10)
        self.journal((self.AR, 3, left_out), (self.SALES, -3))
        abroad = self.customer("Quay", subsidiary=self.UK, currency=self.GBP)
        self.invoice(abroad, 40, days_ago=10)
        self.connection = self.connect(history_start=start)
        self.env["netsuite.exclusion"].create(
            {"connection_id": self.connection.id, "internal_id": left_out}
        )

        self.drive(self.connection)
        self.tomorrow()

        self.assertEqual(
            self.rows("mirrored"), {"CustInvc": (3, 11 + 70 + 50), "CustPymt": (1, -70)}
        )
        self.assertEqual(self.rows("before_start"), {"CustInvc": (2, 140), "CustPymt": (2, -140)})
        self.assertEqual(self.rows("excluded"), {"CustInvc": (1, 8), "Journal": (1, 3)})
        self.assertEqual(self.rows("unmapped"), {"CustInvc": (1, 40)})
        self.assertFalse(self.rows("not_mirrored"))
        lines = " ".join(self.header()["lines"])
        self.assertIn(
            "Customers who are not synced have 2 transactions on receivables: net 11.00 USD (",
            lines,
        )
        self.assertIn(
            "Closed before the start of the history: 4 transactions, net 0.00 USD (", lines
        )
        self.assertIn(
            "without a company in Odoo have 1 transaction on receivables: 40.00 GBP", lines
        )
        self.assertFalse(self.open_issues(self.connection, "completeness"))

        # What no rule leaves out and is not there is still among what should be mirrored, however
        # old it is.
        self.stream("journalentry").active = False
        self.journal((self.AR, 7, self.owner), (self.SALES, -7), days_ago=60)
        self.tomorrow()
        self.assertEqual(self.rows("not_mirrored"), {"Journal": (1, 7)})
        self.assertEqual(self.rows("excluded")["Journal"], (1, 3))

    def test_periods_are_months_where_netsuite_does_not_show_its_own(self):
        self.simulator.switches(missing_tables=["accountingperiod"])
        self.invoice(self.owner, 50, days_ago=40)
        self.invoice(self.owner, 30, days_ago=40)
        self.connection = self.connect()

        self.drive(self.connection)

        (row,) = self.connection.completeness_ids
        day = fields.Date.to_date(self.day(40))
        self.assertRecordValues(
            row, [{"period": f"{day:%Y-%m}", "period_name": f"{day:%b %Y}", "documents": 2}]
        )

    # === A TYPE THAT IS NO LONGER SHOWN === #

    def lose(self, record, **more):
        self.simulator.fault("right_lost", record=record, **more)
        self.tomorrow()

    @mute_logger(SYNC_LOG)
    def test_type_that_is_no_longer_shown_is_named_with_what_odoo_holds_and_lacks(self):
        invoice = self.invoice(self.owner, 50)
        self.invoice(self.owner, 30)
        self.payment(self.owner, 30)
        self.connection = self.connect()
        self.drive(self.connection)
        self.assert_green()
        for lines, verb in ((False, "view"), (False, "search")):
            with self.subTest(verb=verb, lines=lines):
                self.lose("invoice", verb=verb, lines=lines)

                issue = self.open_issues(self.connection, "right")
                self.assertEqual(issue.title, "NetSuite no longer shows Odoo: Invoices")
                self.assertIn("was last read: 2, with 80.00 USD open.", issue.advice)
                self.assertIn("Transactions: Invoice (View)", issue.advice)
                level, text = self.badge()
                self.assertEqual(level, "warning")
                self.assertRegex(text, "^Not shown by NetSuite since .*: Invoices$")
                # All that is hidden is what Odoo holds.
                self.assertFalse(self.open_issues(self.connection, "completeness"))
                self.assertIn("are what NetSuite's accounts hold", self.header()["lines"][0])

                new = self.invoice(self.owner, 43.21)
                # Changed while it is not shown: read again from there later.
                line = {"item": {"id": self.ITEM}, "quantity": 1, "rate": 45}
                body = {"item": {"items": [line]}}
                self.simulator.act("edit", type="invoice", id=invoice, body=body, replace=["item"])
                self.tomorrow()

                # Long enough ago that no reading overlaps with it.
                self.later(86_400)
                self.drive(self.connection)
                missing = self.open_issues(self.connection, "completeness")
                self.assertEqual(
                    missing.title,
                    "Missing in Odoo: 38.21 USD of receivables, while NetSuite does not show: "
                    "Invoices",
                )
                self.assertIn(f"{missing.title}.", self.header()["lines"])

                self.simulator.clear_faults()
                self.tomorrow()

                self.assertFalse(self.open_issues(self.connection))
                self.assertFalse(self.connection.receivables_missing)
                self.assertEqual(self.move_of("invoice", new).amount_residual, 43.21)
                self.assertEqual(self.move_of("invoice", invoice).amount_residual, 45)
                self.assert_in_step(self.connection)
                self.assert_green()
                for each in (new, invoice):
                    self.simulator.act("delete", id=each)
                invoice = self.invoice(self.owner, 50)
                self.tomorrow()

    @mute_logger(SYNC_LOG)
    def test_ledger_that_hides_the_type_as_well_leaves_unknown_what_is_missing(self):
        invoice = self.invoice(self.owner, 50)
        self.payment(self.owner, 5)
        self.deposit(self.owner, 20)
        self.connection = self.connect()
        self.drive(self.connection)

        self.lose("invoice", lines=True)

        missing = self.open_issues(self.connection, "completeness")
        self.assertEqual(
            missing.title,
            "It is not known how much is missing in Odoo while NetSuite does not show: Invoices",
        )
        self.assertEqual(self.header()["state"], "waiting")

        # What the role does not see stops no daily check, and is taken out by none.
        self.connection._drive_daily()
        self.assertFalse(self.connection._running_run())
        self.assertEqual(self.proof().state, "differs")
        self.assertEqual(self.move_of("invoice", invoice).state, "posted")

        # A type that posts nothing on receivables is missed as well.
        self.simulator.clear_faults()
        self.lose("customerDeposit")
        issue = self.open_issues(self.connection, "right")
        self.assertEqual(issue.title, "NetSuite no longer shows Odoo: Customer deposits")
        self.simulator.clear_faults()
        self.tomorrow()
        self.assertFalse(self.open_issues(self.connection))
        self.assert_green()

    @mute_logger(SYNC_LOG)
    def test_type_whose_documents_were_all_deleted_is_no_lost_right(self):
        self.invoice(self.owner, 50)
        memo = self.credit_memo(self.owner, 5)
        self.connection = self.connect(track_deletions=False)
        self.drive(self.connection)
        self.simulator.act("delete", id=memo)

        self.tomorrow()

        self.assertFalse(self.open_issues(self.connection, "right"))

    @mute_logger(SYNC_LOG)
    def test_refused_type_is_missing_by_what_netsuite_has_of_it(self):
        self.invoice(self.owner, 50)
        self.journal((self.AR, 7, self.owner), (self.SALES, -7))
        self.connection = self.connect()
        self.drive(self.connection)
        self.journal((self.AR, 2, self.owner), (self.SALES, -2))
        self.simulator.fault("right_lost", record="account")

        self.tomorrow()

        missing = self.open_issues(self.connection, "completeness")
        self.assertRegex(
            missing.title, "^Missing in Odoo: 2.00 USD of receivables, while .*Journal"
        )

    # === WHAT IS NOT KNOWN === #

    @mute_logger(SYNC_LOG)
    def test_refused_question_is_not_known_and_never_green(self):
        self.invoice(self.owner, 50)
        self.connection = self.connect()
        self.simulator.fault("unsupported_search", times=None, match=DAILY)

        self.drive(self.connection)

        self.assertEqual(self.badge(), ("warning", "Completeness not known"))
        self.assertEqual(self.header()["state"], "waiting")
        self.assertIn("not known", self.header()["lines"][0])
        self.assertTrue(self.open_issues(self.connection, "completeness"))
        # All else goes on.
        self.assertEqual(self.proof().odoo_open, 50)

        self.simulator.clear_faults()
        action = self.connection.action_ask_completeness()
        self.assertTrue(action["context"]["search_default_by_account"])

        self.assertFalse(self.open_issues(self.connection, "completeness"))
        self.assert_green()

    @mute_logger("odoo.addons.kolleno_netsuite.models.sync.netsuite_connection_driving")
    def test_error_that_nobody_foresaw_costs_the_question_only(self):
        self.invoice(self.owner, 50)
        self.connection = self.connect()
        module = "odoo.addons.kolleno_netsuite.models.proof.netsuite_connection_completeness"
        with patch(f"{module}.read_postings", side_effect=OverflowError("too large")):
            self.drive(self.connection)

        self.assertEqual(self.open_issues(self.connection).mapped("key"), ["driver:completeness"])
        self.assertEqual(self.badge()[0], "warning")
        self.assertEqual(self.proof().odoo_open, 50)

        self.connection.action_synchronise()
        self.drive(self.connection)
        self.assert_green()

    def test_answer_that_hides_something_is_not_known(self):
        self.invoice(self.owner, 50)
        self.connection = self.connect()
        module = "odoo.addons.kolleno_netsuite.models.proof.netsuite_connection_completeness"
        with patch(f"{module}.read_postings", lambda *_args, **_options: []):
            self.drive(self.connection)

        self.assertEqual(self.badge(), ("warning", "Completeness not known"))
        later = self.connection.completeness_next_at - fields.Datetime.now()
        self.assertGreater(later, timedelta(hours=5))
        issue = self.open_issues(self.connection, "completeness")
        self.assertIn("make up 50.00 USD of NetSuite's receivables", issue.title)
        self.assertEqual(self.rows("hidden"), {"?": (0, 50)})
        self.assertIn(
            "Not shown by NetSuite: transactions that make up 50.00 USD.", self.header()["lines"]
        )

        self.tomorrow()

        self.assertFalse(self.open_issues(self.connection, "completeness"))
        self.assert_green()

    def test_books_that_move_all_the_time_are_asked_again_at_the_next_reading(self):
        self.invoice(self.owner, 50)
        self.connection = self.connect()
        self.drive(self.connection)
        module = "odoo.addons.kolleno_netsuite.models.proof.netsuite_connection_completeness"

        def entered_meanwhile(client_rows):
            self.invoice(self.owner, 1)
            return read_totals(client_rows)

        with patch(f"{module}.read_totals", entered_meanwhile):
            told, _names, _rules = self.connection._read_postings(self.connection._client())
        # The second look at the totals is the one that fits.
        self.assertEqual(sum(posting.amount for posting in told.postings), 51)

        def meanwhile_and_after(client_rows):
            totals = entered_meanwhile(client_rows)
            self.invoice(self.owner, 1)
            return totals

        with patch(f"{module}.read_totals", meanwhile_and_after):
            self.tomorrow()
        self.assertFalse(self.connection.completeness_known)
        issue = self.open_issues(self.connection, "completeness")
        self.assertIn("at the next synchronisation", issue.advice)
        soon = self.connection.completeness_next_at - fields.Datetime.now()
        self.assertLessEqual(soon, timedelta(minutes=self.connection.interval_minutes))

    def test_empty_answer_is_not_known(self):
        self.invoice(self.owner, 50)
        self.connection = self.connect()
        self.drive(self.connection)
        self.assert_green()

        module = "odoo.addons.kolleno_netsuite.mappers.queries.completeness"
        nothing = totals_query().where(equal("g.account", -1))
        with patch(f"{module}.totals_query", lambda: nothing):
            self.tomorrow()

        self.assertEqual(self.badge(), ("warning", "Completeness not known"))
        self.assertEqual(self.rows("mirrored"), {"CustInvc": (1, 50)})

    # === PROJECTS === #

    def test_documents_of_a_project_are_its_customers(self):
        self.simulator.switches(projects=True)
        project = self.act_id("job", customer=self.owner, name="Pier 4")
        self.connection = self.connect()
        invoice = self.invoice(project, 100)
        memo = self.credit_memo(project, 15)
        charge = self.act_id("charge", customer=project, amount=20)
        payment = self.payment(project, 30, apply={invoice: 10})
        deposit = self.deposit(project, 8)
        journal = self.journal((self.AR, 7, project), (self.SALES, -7))

        self.drive(self.connection)

        partner = self.record_of(self.connection, "customer", self.owner)._target()
        move = self.move_of("invoice", invoice)
        self.assertEqual((move.partner_id, move.netsuite_project), (partner, "Pier 4"))
        for record_type, internal_id in (
            ("creditmemo", memo),
            ("customercharge", charge),
            ("customerpayment", payment),
        ):
            self.assertEqual(self.move_of(record_type, internal_id).partner_id, partner)
        entry = self.move_of("journalentry", journal)
        self.assertEqual(entry.line_ids.partner_id, partner)
        self.assertEqual((self.proof().netsuite_open, self.proof().odoo_open), (82, 82))
        self.assertEqual(self.proof().netsuite_deposits, 8)
        self.assert_in_step(self.connection)
        self.assert_green()
        self.proof()._compare_documents()
        self.assertFalse(self.proof().document_ids.filtered(lambda row: row.state != "agrees"))

        self.payment(project, 90, apply={invoice: 90})
        second = self.invoice(project, 50)
        application = self.apply_deposit(deposit, {second: 8})
        refund = self.refund(project, credits={memo: 15})
        self.drive(self.connection)
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(self.move_of("invoice", second).amount_residual, 42)
        for record_type, internal_id in (
            ("depositapplication", application),
            ("customerrefund", refund),
        ):
            self.assertEqual(self.move_of(record_type, internal_id).partner_id, partner)
        self.assert_in_step(self.connection)

        self.connection._drive_compare()
        self.drive(self.connection)
        gone = self.env["netsuite.record"].search(
            [("connection_id", "=", self.connection.id), ("state", "=", "removed")]
        )
        self.assertFalse(gone)
        self.assert_green()

    # === LOOKING === #

    def stream(self, record_type):
        streams = self.connection.with_context(active_test=False).stream_ids
        return streams.filtered(lambda stream: stream.record_type == record_type)
