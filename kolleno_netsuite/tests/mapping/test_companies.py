from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from netsuite_simulator.testing import running_simulator

from ..support.simulator_case import SimulatorCase


@tagged("post_install", "-at_install")
class TestCompanies(SimulatorCase):
    """Each subsidiary's transactions are in its own company's books, and nowhere else."""

    companies = 2

    def setUp(self):
        super().setUp()
        self.us, self.uk = (self.env["res.company"].browse(id_) for id_ in self.company_ids)

    # === ARRANGING === #

    def customer_of_both(self, name="Harbour Supplies", other=None, **body):
        """Create a customer who buys from two subsidiaries; return its internal id."""
        customer = self.customer(name, **body)
        self.simulator.act(
            "create",
            type="customerSubsidiaryRelationship",
            body={"entity": {"id": customer}, "subsidiary": {"id": other or self.UK}},
        )
        return customer

    def invoice_in_each(self, customer):
        return (
            self.invoice(customer, 100),
            self.invoice(customer, 70, subsidiary={"id": self.UK}),
        )

    def user_of(self, company):
        return new_test_user(
            self.env,
            login=f"accountant{company.id}",
            groups="base.group_user,kolleno_netsuite.group_netsuite_accountant",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def seen_by(self, records, user):
        """Return `records` as `user` has them who works in his company."""
        self.env.flush_all()
        self.env.invalidate_all()
        context = {"allowed_company_ids": user.company_ids.ids}
        return records.with_env(self.env(user=user, su=False, context=context))

    def target(self, connection, record_type, internal_id):
        return self.record_of(connection, record_type, internal_id)._target()

    def partners_of(self, connection, customer):
        """Return {company: partner} of a customer."""
        record = self.record_of(connection, "customer", customer)
        partners = self.env["res.partner"].search([("netsuite_record_id", "=", record.id)])
        return {partner.company_id: partner for partner in partners}

    # === COMPANIES === #

    def test_each_company_sees_its_own_invoice_and_balance(self):
        customer = self.customer_of_both()
        invoices = self.invoice_in_each(customer)
        connection = self.connect()
        self.drive(connection)
        partner = self.target(connection, "customer", customer)
        moves = [self.target(connection, "invoice", invoice) for invoice in invoices]

        seen = {}
        for company in (self.us, self.uk):
            user = self.user_of(company)
            mine = self.seen_by(moves[0] | moves[1], user).search(
                [("partner_id", "=", partner.id), ("move_type", "=", "out_invoice")]
            )
            seen[company] = (mine.ids, self.seen_by(partner, user).credit)

        self.assertFalse(partner.company_id)
        self.assertEqual([move.company_id for move in moves], [self.us, self.uk])
        self.assertEqual(seen[self.us], (moves[0].ids, 100))
        self.assertEqual(seen[self.uk][0], moves[1].ids)
        # In pounds, at NetSuite's rate.
        self.assertEqual(seen[self.uk][1], moves[1].amount_total_signed)
        self.assert_in_step(connection)

    def test_unmapped_subsidiary_is_left_out_and_counted(self):
        connection = self.connect()
        europe = connection.subsidiary_ids.filtered(lambda row: row.internal_id == self.EUROPE)
        customer = self.customer_of_both("Quay Tools", other=self.EUROPE)
        invoice = self.invoice(customer, 1204.5, subsidiary={"id": self.EUROPE})
        self.payment(customer, 4.5, subsidiary={"id": self.EUROPE})
        mapped = self.invoice(customer, 10)

        self.drive(connection)

        record = self.record_of(connection, "invoice", invoice)
        self.assertEqual(record.state, "blocked")
        self.assertIn("Northwind Lantern Europe is not mapped", record.message)
        self.assertFalse(record.res_id)
        self.assertTrue(self.target(connection, "invoice", mapped))
        self.assertEqual(europe.skipped_count, 2)
        self.assertEqual(europe.skipped_text, "documents: 2, open: USD 1,200.00")
        self.assertIn("Northwind Lantern Europe (documents: 2", connection.skipped_text)
        self.assertEqual(europe.waiting_count, 2)

    def test_customer_of_an_unmapped_subsidiary_is_counted_as_well(self):
        connection = self.connect()
        europe = connection.subsidiary_ids.filtered(lambda row: row.internal_id == self.EUROPE)
        customer = self.customer("Quay Tools", self.EUROPE, self.EUR)
        invoice = self.invoice(customer, 80, subsidiary={"id": self.EUROPE})

        self.drive(connection)

        record = self.record_of(connection, "invoice", invoice)
        self.assertIn("mapped", record.message)
        self.assertFalse(record.res_id)
        self.assertEqual(europe.skipped_text, "documents: 1, open: EUR 80.00")

    def test_nothing_is_left_out_once_every_subsidiary_has_a_company(self):
        connection = self.connect()

        self.assertFalse(connection.subsidiary_ids[:2].filtered("skipped_text"))
        self.assertFalse(connection.skipped_text)

    def test_subsidiary_is_mapped_once(self):
        connection = self.connect()

        with self.assertRaises(ValidationError):
            self.env["netsuite.subsidiary"].create(
                {
                    "connection_id": connection.id,
                    "internal_id": self.US,
                    "name": "Once more",
                    "company_id": self.uk.id,
                }
            )

    # === CUSTOMERS === #

    def test_shared_customer_has_its_terms_in_each_company(self):
        customer = self.customer_of_both(terms={"id": 23})
        connection = self.connect()
        mappings = connection.mapping_ids.filtered(
            lambda row: row.kind == "term" and row.internal_id == 23
        )
        mappings.filtered(lambda row: row.state == "none").action_create_terms()
        self.drive(connection)
        partner = self.target(connection, "customer", customer)

        terms = {
            company: partner.with_company(company).property_payment_term_id
            for company in (self.us, self.uk)
        }

        self.assertEqual(len(self.partners_of(connection, customer)), 1)
        for company, term in terms.items():
            expected = mappings.filtered(lambda row, company=company: row.company_id == company)
            self.assertEqual(term, expected.payment_term_id)

    def test_customer_has_a_partner_in_each_company_where_wanted(self):
        customer = self.customer_of_both()
        invoices = self.invoice_in_each(customer)
        payment = self.payment(customer, 20, apply={invoices[1]: 20}, subsidiary={"id": self.UK})
        connection = self.connect(customers_per_company=True)
        self.drive(connection)

        partners = self.partners_of(connection, customer)
        moves = [self.target(connection, "invoice", invoice) for invoice in invoices]

        self.assertEqual(set(partners), {self.us, self.uk})
        self.assertEqual(moves[0].partner_id, partners[self.us])
        self.assertEqual(moves[1].partner_id, partners[self.uk])
        paying = self.target(connection, "customerpayment", payment)
        self.assertEqual(paying.partner_id, partners[self.uk])
        self.assertEqual(moves[1].payment_state, "partial")
        self.assert_proof_agrees(connection)
        mine = self.seen_by(partners[self.us], self.user_of(self.us)).search([])
        self.assertIn(partners[self.us].id, mine.ids)
        self.assertNotIn(partners[self.uk].id, mine.ids)

    def test_change_of_a_customer_reaches_all_its_partners(self):
        parent = self.customer_of_both("Harbour Group")
        customer = self.customer_of_both("Harbour Supplies", parent={"id": parent})
        connection = self.connect(customers_per_company=True)
        self.drive(connection)
        partners, parents = (self.partners_of(connection, each) for each in (customer, parent))
        partners[self.uk].phone = "by hand"
        self.later(3600)

        self.simulator.act(
            "edit", type="customer", id=customer, body={"companyName": "Harbour Stores"}
        )
        self.drive(connection)

        for company in (self.us, self.uk):
            self.assertEqual(partners[company].name, "Harbour Stores")
            self.assertEqual(partners[company].netsuite_parent_id, parents[company])
        self.assertEqual(partners[self.uk].phone, "by hand")

    def test_partners_are_chosen_before_the_first_import(self):
        self.invoice(self.customer(), 10)
        connection = self.connect()
        self.drive(connection)

        with self.assertRaises(ValidationError):
            connection.customers_per_company = True

    # === CONNECTIONS === #

    def test_two_accounts_live_side_by_side(self):
        first = self.connect()
        invoice = self.invoice(self.customer(), 10, tranId="INV-1")
        self.drive(first)
        with self.other_account():
            second = self.connect(name="Second account")
            # The same internal id and the same number, in another account.
            twin = self.invoice(self.customer(), 25, tranId="INV-1")
            self.drive(second)
            self.assert_in_step(second)
        self.drive(first)

        moves = [
            self.target(connection, "invoice", internal_id)
            for connection, internal_id in ((first, invoice), (second, twin))
        ]
        self.assertEqual(invoice, twin)
        self.assertEqual([move.amount_total for move in moves], [10, 25])
        self.assertEqual([move.name for move in moves], ["INV-1", "INV-1"])
        self.assertNotEqual(*(move.journal_id for move in moves))
        self.assertNotEqual(*(move.partner_id for move in moves))
        self.assert_in_step(first)

    @contextmanager
    def other_account(self):
        """Work in another NetSuite account for a while."""
        mine = self.simulator
        with running_simulator(self.scenario, account_id="7654321") as self.simulator:
            yield
        self.simulator = mine

    # === ASSERTIONS === #

    def assert_proof_agrees(self, connection):
        self.env["netsuite.proof"]._prove(connection)
        proofs = self.env["netsuite.proof"].search([("connection_id", "=", connection.id)])
        self.assertTrue(proofs)
        self.assertEqual(set(proofs.mapped("state")), {"agrees"})
