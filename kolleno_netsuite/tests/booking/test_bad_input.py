from datetime import date

from odoo.tests import mute_logger, tagged

from ..support.simulator_case import SimulatorCase

SYNC_LOG = "odoo.addons.kolleno_netsuite.models.sync.netsuite_connection_driving"
# Long enough to need several pages of lines, as NetSuite's largest invoices do.
MANY_LINES = 2050


@tagged("post_install", "-at_install")
class TestBlockedRecords(SimulatorCase):
    """What lacks something waits on one line of Issues and goes on once it is there."""

    def test_missing_account_mapping_is_one_issue_for_all_and_mapping_it_books_all(self):
        connection = self.connect()
        account = self.unmap_sales_account(connection)
        customer = self.customer()
        invoices = [self.invoice(customer, amount) for amount in (10, 20, 30)]

        self.drive(connection)

        issue = self.open_issues(connection)
        self.assertEqual(issue.kind, "mapping")
        self.assertIn('4000 "Product Sales"', issue.title)
        self.assertEqual(issue.record_count, 3)
        self.assertEqual(self.states(connection, "invoice", invoices), {"blocked"})
        account.account_id = self.income_account()
        connection._drive_book()
        self.assertEqual(self.states(connection, "invoice", invoices), {"booked"})
        self.assertEqual(issue.state, "solved")
        self.assert_in_step(connection)

    def test_missing_mapping_stops_only_the_records_that_need_it(self):
        connection = self.connect()
        self.unmap_sales_account(connection)
        customer = self.customer()
        self.invoice(customer, 10)
        service = self.invoice(customer, 20, item=self.SERVICE)

        self.drive(connection)

        self.assertEqual(self.states(connection, "invoice", [service]), {"booked"})
        self.assertEqual(self.open_issues(connection).record_count, 1)

    def test_invoice_of_a_customer_that_failed_waits_and_follows_it(self):
        connection = self.connect()
        self.drive(connection)
        self.simulator.fault(
            "permission_missing", record="customer", times=None, match="FROM customer c"
        )
        customer = self.customer()
        invoice = self.invoice(customer, 75)
        with mute_logger(SYNC_LOG):
            self.drive(connection)

        self.assertEqual(self.states(connection, "invoice", [invoice]), {"blocked"})
        issue = self.open_issues(connection, "customer")
        self.assertIn(str(customer), issue.title)
        self.simulator.clear_faults()
        self.drive(connection)
        self.assertEqual(self.states(connection, "invoice", [invoice]), {"booked"})
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def test_inactive_currency_blocks_and_activating_it_books(self):
        connection = self.connect()
        yen = self.env.ref("base.JPY")
        yen.active = False
        customer = self.customer(currency=self.JPY)
        invoice = self.invoice(customer, 12000)

        self.drive(connection)

        issue = self.open_issues(connection)
        self.assertEqual((issue.kind, issue.record_count), ("currency", 1))
        self.assertIn("JPY", issue.title)
        self.assertFalse(yen.active)
        yen.active = True
        connection._drive_book()
        self.assertEqual(self.states(connection, "invoice", [invoice]), {"booked"})
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def test_closed_period_blocks_old_documents_only_and_opening_it_books_them(self):
        connection = self.connect()
        self.main_company.fiscalyear_lock_date = self.day(30)
        customer = self.customer()
        old = self.invoice(customer, 10, days_ago=40)
        new = self.invoice(customer, 20, days_ago=10)

        self.drive(connection)

        issue = self.open_issues(connection)
        self.assertEqual((issue.kind, issue.record_count), ("period", 1))
        self.assertIn(self.main_company.name, issue.title)
        self.assertEqual(self.states(connection, "invoice", [old]), {"blocked"})
        self.assertEqual(self.states(connection, "invoice", [new]), {"booked"})
        self.main_company.fiscalyear_lock_date = False
        connection._drive_book()
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def test_closed_period_blocks_a_change_of_a_booked_invoice_and_keeps_its_amount(self):
        connection = self.connect()
        customer = self.customer()
        invoice = self.invoice(customer, 10, days_ago=40)
        self.drive(connection)
        self.main_company.fiscalyear_lock_date = self.day(30)
        lines = {"items": [{"item": {"id": self.ITEM}, "quantity": 1, "rate": 15}]}
        self.simulator.act(
            "edit", type="invoice", id=invoice, body={"item": lines}, replace=["item"]
        )

        self.drive(connection)

        move = self.record_of(connection, "invoice", invoice)._target()
        self.assertEqual((move.state, move.amount_total), ("posted", 10))
        self.assertEqual(self.open_issues(connection, "period").record_count, 1)
        self.main_company.fiscalyear_lock_date = False
        connection._drive_book()
        self.assertEqual((move.state, move.amount_total), ("posted", 15))
        self.assert_in_step(connection)

    def test_unmapped_subsidiary_blocks_its_documents_only(self):
        connection = self.connect()
        british = self.customer(subsidiary=self.UK, currency=self.GBP)
        abroad = self.invoice(british, 10)
        home = self.invoice(self.customer(name="Home Port"), 20)

        self.drive(connection)

        self.assertEqual(self.states(connection, "invoice", [abroad]), {"blocked"})
        self.assertEqual(self.states(connection, "invoice", [home]), {"booked"})
        issue = self.open_issues(connection, "subsidiary")
        self.assertIn("Northwind Lantern UK", issue.title)

    # === ARRANGING === #

    def unmap_sales_account(self, connection):
        """Take the account 4000 and the default of its type off; return the account's mapping."""
        mappings = connection.mapping_ids.filtered(
            lambda row: (
                (row.kind == "account" and row.code == "4000")
                or (row.kind == "account_type" and row.code == "Income")
            )
        )
        services = connection.mapping_ids.filtered(
            lambda row: row.kind == "account" and row.code == "4020"
        )
        mappings.account_id = False
        services.account_id = self.income_account()
        return mappings.filtered(lambda row: row.kind == "account")

    def income_account(self):
        return self.env["account.account"].search(
            [("account_type", "=", "income"), ("company_ids", "in", self.main_company.ids)],
            limit=1,
        )

    def states(self, connection, record_type, ids):
        """Return the states of NetSuite records as a set."""
        return set(self.record_of_all(connection, record_type, ids).mapped("state"))


@tagged("post_install", "-at_install")
class TestOddDocuments(SimulatorCase):
    """Documents that Odoo would number, sign or show otherwise are mirrored as they are."""

    def test_repeated_number_is_told_apart_and_stays_when_read_again(self):
        connection = self.connect()
        customer = self.customer()
        first = self.invoice(customer, 10, tranId="A-77")
        second = self.invoice(customer, 20, tranId="A-77")

        self.drive(connection)
        names = self.move(connection, first).name, self.move(connection, second).name
        self.simulator.act("touch", type="invoice", ids=[first, second])
        self.simulator.act("edit", type="invoice", id=second, body={"memo": "again"})
        self.drive(connection)

        self.assertEqual(names, ("A-77", f"A-77 (NS {second})"))
        self.assertEqual(self.move(connection, first).name, names[0])
        self.assertEqual(self.move(connection, second).name, names[1])
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def test_number_that_looks_like_a_date_of_another_year_is_kept(self):
        connection = self.connect()
        customer = self.customer()
        numbers = ("INV/2019/00001", "2019-01-0001", "INV201901-7", "RE19/12/31", "1/1/1999")
        invoices = {
            number: self.invoice(customer, 10 + place, tranId=number)
            for place, number in enumerate(numbers)
        }

        self.drive(connection)

        for number, invoice in invoices.items():
            move = self.move(connection, invoice)
            self.assertEqual(move.name, number)
            self.assertEqual(str(move.date), self.day(20))
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def test_invoice_of_zero_is_mirrored_as_paid(self):
        connection = self.connect()
        invoice = self.invoice(self.customer(), 50, -50)

        self.drive(connection)

        move = self.move(connection, invoice)
        self.assertEqual(
            (move.state, move.move_type, move.amount_total), ("posted", "out_invoice", 0)
        )
        self.assertIn(move.payment_state, ("paid", "in_payment"))
        self.assert_in_step(connection)

    def test_invoice_below_zero_lowers_the_balance(self):
        connection = self.connect()
        customer = self.customer()
        invoice = self.invoice(customer, 20, -120)
        self.invoice(customer, 300)

        self.drive(connection)

        move = self.move(connection, invoice)
        self.assertEqual((move.state, move.amount_total_signed), ("posted", -100))
        self.assertEqual(self.simulator.ledger()["balances"][0]["open"], "200.00")
        self.assert_in_step(connection)

    def test_names_with_quotes_markup_and_emoji_arrive_unchanged(self):
        names = (
            'O\'Neill & "Sons"; DROP TABLE res_partner; --',
            "<script>alert('x')</script> Ltd",
            "Café Ærø 🚢⚓ ООО «Маяк»",
            "100% {name} %(title)s %s \\ / `",
        )
        connection = self.connect()
        customers = {name: self.customer(name=name, comments=name) for name in names}
        invoices = {name: self.invoice(id_, 10, memo=name) for name, id_ in customers.items()}

        self.drive(connection)

        for name, customer in customers.items():
            partner = self.record_of(connection, "customer", customer)._target()
            self.assertEqual(partner.name, name)
            self.assertNotIn("<script", partner.comment)
            self.assertNotIn("<script", self.move(connection, invoices[name]).narration)
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def test_character_that_no_database_keeps_is_dropped(self):
        connection = self.connect()
        customer = self.customer(name="Nul\x00 and Bell\x07")
        invoice = self.invoice(customer, 10, memo="two\nlines\x00")

        self.drive(connection)

        partner = self.record_of(connection, "customer", customer)._target()
        self.assertEqual(partner.name, "Nul and Bell")
        self.assertIn("two", self.move(connection, invoice).narration)
        self.assert_in_step(connection)

    def test_markup_in_a_name_is_escaped_in_what_people_read(self):
        connection = self.connect()
        connection.mapping_ids.filtered(
            lambda row: row.code in ("4000", "Income")
        ).account_id = False
        self.invoice(self.customer(name="<img src=x onerror=alert(1)>"), 10)

        self.drive(connection)

        partner = self.env["res.partner"].search([("name", "=like", "<img%")])
        self.assertEqual(len(partner), 1)
        bodies = partner.message_ids.mapped("body") + connection.message_ids.mapped("body")
        self.assertFalse([body for body in bodies if "<img" in body])

    def test_invoice_of_thousands_of_lines_is_mirrored_line_by_line(self):
        connection = self.connect()
        customer = self.customer()
        invoice = self.invoice(customer, *([0.01] * (MANY_LINES - 1)), 49.99)
        self.drive(connection)

        move = self.move(connection, invoice)

        products = move.line_ids.filtered(lambda line: line.display_type == "product")
        self.assertEqual(len(products), MANY_LINES)
        self.assertAlmostEqual(move.amount_total, 70.48, places=2)
        self.assert_in_step(connection)

    def test_unknown_optional_column_is_left_out_and_said_once(self):
        connection = self.connect()
        self.simulator.fault("unknown_column", column="fax", match=r"c\.fax", times=None)
        customer = self.customer()
        self.invoice(customer, 10)

        self.drive(connection)
        self.drive(connection)

        issue = self.open_issues(connection)
        self.assertEqual((issue.kind, issue.severity), ("column", "0"))
        self.assertIn("fax", issue.title)
        self.assert_in_step(connection)

    @mute_logger(SYNC_LOG)
    def test_unknown_column_that_is_needed_stops_its_type_and_says_so(self):
        connection = self.connect()
        customer = self.customer()
        self.invoice(customer, 10)
        self.simulator.fault("unknown_column", column="tranid", match="CustPymt", times=None)

        self.drive(connection)

        issues = self.open_issues(connection)
        self.assertEqual(set(issues.mapped("key")), {"stream:customerpayment", "stream:proof"})
        self.assertEqual(set(issues.mapped("severity")), {"2"})
        stream = connection.stream_ids.filtered(lambda s: s.record_type == "customerpayment")
        self.assertFalse(stream.last_success_at)
        self.assert_balances(connection)
        self.simulator.clear_faults()
        self.payment(customer, 4)
        self.drive(connection)
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def test_account_without_subsidiaries_is_mirrored_into_the_main_company(self):
        self.simulator.switches(one_world=False)
        connection = self.connect()
        customer = self.customer()
        invoice = self.invoice(customer, 100, tax=self.SALES_TAX)
        self.payment(customer, 30, apply={invoice: 30})

        run = self.drive(connection)

        self.assertEqual(run.state, "done")
        self.assertFalse(connection.one_world)
        self.assertEqual(self.move(connection, invoice).company_id, self.main_company)
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def test_document_dated_in_the_far_past_and_future_keeps_its_dates(self):
        connection = self.connect()
        invoice = self.invoice(self.customer(), 10, days_ago=-60, dueDate="2038-02-01")

        self.drive(connection)

        move = self.move(connection, invoice)
        self.assertEqual(str(move.date), self.day(-60))
        self.assertEqual(move.invoice_date_due, date(2038, 2, 1))
        self.assert_in_step(connection)

    def move(self, connection, invoice):
        return self.record_of(connection, "invoice", invoice)._target()
