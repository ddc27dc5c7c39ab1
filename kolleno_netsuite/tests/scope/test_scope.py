from odoo.tests import tagged

from netsuite_simulator.scenarios.demo_customers import build_demo_customers
from netsuite_simulator.scenarios.setup import Setup

from ...models.scope.scope import Scope
from ..support.simulator_case import SimulatorCase


@tagged("post_install", "-at_install")
class TestScope(SimulatorCase):
    """Who is mirrored: inactive customers, primary subsidiaries, and what both hide."""

    companies = 2

    def partner_of(self, connection, customer):
        """Return the partner of a NetSuite customer; None when it has none."""
        return self.record_of(connection, "customer", customer)._target()

    def state_of(self, connection, record_type, internal_id):
        """Return (state, why it is left out) of a record."""
        record = self.record_of(connection, record_type, internal_id)
        return record.state, record.left_out

    def inactive(self, customer):
        self.simulator.act("set_inactive", type="customer", id=customer)

    def settled_customer(self, name):
        """Return a customer whose only invoice is paid, and that invoice."""
        customer = self.customer(name)
        invoice = self.invoice(customer, 100)
        self.payment(customer, 100, apply={invoice: 100})
        return customer, invoice

    def add_subsidiary(self, customer, subsidiary):
        self._create(
            "customerSubsidiaryRelationship",
            entity={"id": customer},
            subsidiary={"id": subsidiary},
        )

    # === INACTIVE CUSTOMERS === #

    def test_inactive_customer_is_imported_only_with_something_open(self):
        settled, invoice = self.settled_customer("Settled")
        owing = self.customer("Owing")
        self.invoice(owing, 50)
        self.inactive(settled)
        self.inactive(owing)
        connection = self.connect()

        self.drive(connection)

        self.assertEqual(self.state_of(connection, "customer", settled), ("ignored", "inactive"))
        self.assertEqual(self.state_of(connection, "invoice", invoice), ("ignored", "inactive"))
        self.assertIsNone(self.partner_of(connection, settled))
        self.assertEqual(self.state_of(connection, "customer", owing), ("booked", False))
        self.assertTrue(self.partner_of(connection, owing).active)
        self.assertTrue(self.partner_of(connection, owing).netsuite_inactive)
        self.assert_in_step(connection)

    def test_inactive_customer_stays_out_with_an_invoice_that_netsuite_has_not_posted(self):
        customer = self.customer("Waiting")
        invoice = self.invoice(customer, 50)
        with self.simulator.account.ledger.books.session() as con:
            con.execute("UPDATE \"transaction\" SET posting = 'F' WHERE id = ?", [invoice])
        self.inactive(customer)
        connection = self.connect()

        self.drive(connection)

        self.assertEqual(self.state_of(connection, "customer", customer), ("ignored", "inactive"))
        self.assertIsNone(self.partner_of(connection, customer))

    def test_inactive_customer_comes_in_with_its_history_once_something_is_open(self):
        settled, invoice = self.settled_customer("Settled")
        self.inactive(settled)
        connection = self.connect()
        self.drive(connection)

        self.simulator.act("unapply", payer=self.payer_of(invoice))
        self.drive(connection)

        self.assertEqual(self.state_of(connection, "customer", settled), ("booked", False))
        self.assertEqual(self.state_of(connection, "invoice", invoice), ("booked", False))
        self.assertTrue(self.partner_of(connection, settled).active)
        self.assert_in_step(connection)

    def payer_of(self, invoice):
        """Return the internal id of the payment that pays an invoice."""
        record = self.env["netsuite.record"].search([("record_type", "=", "customerpayment")])
        return next(
            each.internal_id
            for each in record
            if int(each.payload["links"][0]["previousdoc"]) == int(invoice)
        )

    def test_inactive_customers_follow_the_setting(self):
        settled, _invoice = self.settled_customer("Settled")
        owing = self.customer("Owing")
        invoice = self.invoice(owing, 50)
        self.inactive(settled)
        self.inactive(owing)
        connection = self.connect(import_inactive="never")
        self.drive(connection)
        self.assertIsNone(self.partner_of(connection, owing))
        self.assertEqual(self.state_of(connection, "invoice", invoice), ("ignored", "inactive"))
        self.assertIn("50.00 USD", connection.left_out_text)

        connection.import_inactive = "always"
        self.drive(connection)

        self.assertFalse(self.partner_of(connection, settled).active)
        self.assertTrue(self.partner_of(connection, owing).active)
        self.assertEqual(self.state_of(connection, "invoice", invoice), ("booked", False))
        self.assertFalse(connection.left_out_text)
        self.assert_in_step(connection)

    def test_customer_that_turns_inactive_stays_and_is_archived_once_settled(self):
        customer = self.customer("Turning")
        invoice = self.invoice(customer, 80)
        connection = self.connect(import_inactive="never")
        self.drive(connection)
        self.inactive(customer)
        self.drive(connection)
        partner = self.partner_of(connection, customer)
        self.assertTrue(partner.active)
        self.assertTrue(partner.netsuite_inactive)

        self.simulator.act("set_inactive", type="customer", id=customer, inactive=False)
        self.payment(customer, 80, apply={invoice: 80})
        self.inactive(customer)
        self.drive(connection)
        Scope(connection).evaluate_again()
        self.drive(connection)

        self.assertFalse(partner.active)
        self.assertEqual(self.state_of(connection, "invoice", invoice), ("booked", False))
        self.assert_in_step(connection)

    # === PRIMARY SUBSIDIARY === #

    def test_only_documents_of_mapped_subsidiaries_come_without_the_setting(self):
        customer = self.customer("Two Houses", subsidiary=self.EUROPE, currency=self.USD)
        self.add_subsidiary(customer, self.US)
        here = self.invoice(customer, 40, subsidiary={"id": self.US})
        there = self.invoice(customer, 60, subsidiary={"id": self.EUROPE})
        connection = self.connect()

        self.drive(connection)

        self.assertEqual(self.state_of(connection, "invoice", here), ("booked", False))
        self.assertEqual(self.state_of(connection, "invoice", there), ("blocked", False))

    def test_customer_of_another_primary_subsidiary_is_left_out_and_its_amount_shown(self):
        customer = self.customer("Two Houses", subsidiary=self.EUROPE, currency=self.USD)
        self.add_subsidiary(customer, self.US)
        here = self.invoice(customer, 40, subsidiary={"id": self.US})
        own = self.customer("Own")
        self.invoice(own, 15)
        connection = self.connect(primary_only=True)

        self.drive(connection)

        self.assertEqual(self.state_of(connection, "customer", customer), ("ignored", "primary"))
        self.assertEqual(self.state_of(connection, "invoice", here), ("ignored", "primary"))
        self.assertIsNone(self.partner_of(connection, customer))
        self.assertEqual(self.state_of(connection, "customer", own), ("booked", False))
        self.assertIn(
            "Other primary subsidiary: 1, open in NetSuite: 40.00 USD", connection.left_out_text
        )
        self.assertEqual(connection.difference_count, 0)

    def test_primary_only_keeps_and_flags_who_is_in_odoo_already(self):
        customer = self.customer("Two Houses", subsidiary=self.EUROPE, currency=self.USD)
        self.add_subsidiary(customer, self.US)
        invoice = self.invoice(customer, 40, subsidiary={"id": self.US})
        connection = self.connect()
        self.drive(connection)
        partner = self.partner_of(connection, customer)

        connection.primary_only = True
        self.payment(customer, 40, apply={invoice: 40}, subsidiary={"id": self.US})
        self.drive(connection)

        self.assertTrue(partner.active)
        self.assertEqual(partner.netsuite_state, "left_out")
        move = self.record_of(connection, "invoice", invoice)._target()
        self.assertEqual((move.state, move.amount_residual), ("posted", 40.0))
        self.assertEqual(connection.out_of_scope_count, 1)
        self.assertEqual(connection.difference_count, 0)
        self.assertIn("Other primary subsidiary: 1,", connection.left_out_text)

        connection.primary_only = False
        self.drive(connection)

        self.assertEqual(partner.netsuite_state, "in_step")
        self.assertEqual(move.amount_residual, 0.0)
        self.assertEqual(connection.out_of_scope_count, 0)
        self.assert_in_step(connection)

    def test_customer_follows_its_primary_subsidiary_both_ways(self):
        customer = self.customer("Moving House", subsidiary=self.EUROPE, currency=self.USD)
        self.add_subsidiary(customer, self.US)
        invoice = self.invoice(customer, 40, subsidiary={"id": self.US})
        connection = self.connect(primary_only=True)
        self.drive(connection)
        self.assertIsNone(self.partner_of(connection, customer))

        self.move_to(customer, self.US)
        self.drive(connection)
        partner = self.partner_of(connection, customer)
        self.assertEqual(partner.netsuite_state, "in_step")
        self.assertEqual(self.state_of(connection, "invoice", invoice), ("booked", False))
        self.assert_in_step(connection)

        self.move_to(customer, self.EUROPE)
        self.simulator.act("edit", type="customer", id=customer, body={"phone": "555-0199"})
        self.drive(connection)
        self.assertTrue(partner.active)
        self.assertEqual(partner.netsuite_state, "left_out")
        self.assertNotEqual(partner.phone, "555-0199")

    def move_to(self, customer, subsidiary):
        """Make a subsidiary the primary one of a customer."""
        self.simulator.act(
            "edit", type="customer", id=customer, body={"subsidiary": {"id": subsidiary}}
        )

    def test_amount_of_a_customer_excluded_later_is_shown_after_the_next_run(self):
        customer = self.customer("Own Company")
        self.invoice(customer, 250)
        self.invoice(self.customer("Harbour"), 100)
        connection = self.connect()
        self.drive(connection)
        wizard = self.env["netsuite.exclude"].create(
            {"connection_id": connection.id, "entries": str(customer)}
        )
        wizard.action_preview()
        wizard.confirmation = wizard.expected
        wizard.action_apply()

        self.assertIn("next synchronisation", connection._not_synced_sentence())
        self.drive(connection)

        self.assertEqual(
            connection._not_synced_sentence(),
            "1 customer not synced, open in NetSuite: 250.00 USD.",
        )
        proofs = self.env["netsuite.proof"].search([("connection_id", "=", connection.id)])
        self.assertEqual(proofs.mapped("state"), ["agrees"])

    def test_mapping_the_primary_subsidiary_brings_its_customers_in(self):
        customer = self.customer("British", subsidiary=self.UK, currency=self.GBP)
        self.invoice(customer, 70)
        connection = self.connect(primary_only=True)
        british = connection.subsidiary_ids.filtered(lambda row: row.internal_id == self.UK)
        company, british.company_id = british.company_id, False
        self.drive(connection)
        self.assertIsNone(self.partner_of(connection, customer))

        british.company_id = company
        connection.action_suggest_mappings()
        connection.action_accept_suggestions()
        self.drive(connection)

        self.assertTrue(self.partner_of(connection, customer).active)
        self.assert_in_step(connection)

    def test_customer_of_no_mapped_subsidiary_is_not_made(self):
        customer = self.customer("Far Away", subsidiary=self.EUROPE, currency=self.EUR)
        invoice = self.invoice(customer, 70)
        connection = self.connect()

        self.drive(connection)

        self.assertEqual(self.state_of(connection, "customer", customer), ("ignored", "subsidiary"))
        self.assertIsNone(self.partner_of(connection, customer))
        # The document still says what it waits for.
        self.assertEqual(self.record_of(connection, "invoice", invoice).state, "blocked")
        self.assertIn("is not mapped", self.open_issues(connection, "subsidiary").title)


@tagged("post_install", "-at_install")
class TestScopeWithoutSubsidiaries(SimulatorCase):
    def test_primary_only_is_ignored_without_subsidiaries(self):
        self.simulator.switches(one_world=False)
        customer = self._create("customer", companyName="Only House", currency={"id": self.USD})
        self.invoice(customer, 20)
        connection = self.connect(primary_only=True)

        self.drive(connection)

        self.assertFalse(connection.one_world)
        self.assertEqual(self.record_of(connection, "customer", customer).state, "booked")
        self.assert_in_step(connection)


@tagged("post_install", "-at_install")
class TestDemoCustomers(SimulatorCase):
    """The customers of the demonstration company that a mirror decides on."""

    companies = 3

    def test_demo_agrees_with_what_is_left_out(self):
        ledger, houses = self.simulator.account.ledger, [self.US, self.UK, self.EUROPE]
        setup = Setup({}, houses, {}, {}, {}, {}, [self.ITEM], ledger.clock.today())
        build_demo_customers(ledger, setup, 1)
        connection = self.connect()

        self.drive(connection)

        summary = connection._summary()
        rows = {row["record_type"]: row for row in summary["rows"]}
        for row in rows.values():
            self.assertEqual(row["in_netsuite"], row["in_odoo"] + row["left_out"], row)
            self.assertEqual((row["waiting"], row["failed"], row["differences"]), (0, 0, 0), row)
        self.assertEqual(
            [rows[each]["left_out"] for each in ("customer", "invoice", "customerpayment")],
            [2, 1, 1],
        )
        self.assertEqual(connection.suggestion_count, 1)
        head = self.env["res.partner"].search(
            [("netsuite_shell", "=", True), ("active", "=", False)]
        )
        self.assertEqual(head.name, "Old Anchor Holding Corp.")
        self.assertEqual(head.netsuite_member_count, 2)
        self.assertTrue(head.netsuite_group_open_text)
