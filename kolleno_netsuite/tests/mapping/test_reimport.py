from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..support.simulator_case import SimulatorCase, new_company


@tagged("post_install", "-at_install")
class TestReimport(SimulatorCase):
    """A subsidiary changes its company: cancelled in the old books, booked in the new."""

    def prepare(self):
        super().prepare()
        self.other = new_company(self.env, "Northwind Lantern Two", "base.us")
        self.customer_id = self.customer()
        self.invoices = [self.invoice(self.customer_id, amount) for amount in (100, 50)]
        self.payment_id = self.payment(self.customer_id, 100, apply={self.invoices[0]: 100})
        self.memo_id = self.credit_memo(self.customer_id, 20, apply={self.invoices[1]: 20})
        self.connection = self.connect()
        self.drive(self.connection)
        self.subsidiary = self.connection.subsidiary_ids.filtered("company_id")

    def wizard(self, **values):
        context = self.subsidiary.action_import_again()["context"]
        return (
            self.env["netsuite.subsidiary.reimport"]
            .with_context(**context)
            .create({"company_id": self.other.id, **values})
        )

    def documents(self):
        """Return the Odoo documents of all transactions."""
        types = [("invoice", each) for each in self.invoices]
        types += [("customerpayment", self.payment_id), ("creditmemo", self.memo_id)]
        return [self.record_of(self.connection, *each)._target() for each in types]

    def map_all(self):
        self.connection.action_suggest_mappings()
        self.connection.action_accept_suggestions()

    def test_documents_move_to_the_other_company(self):
        old = self.documents()
        wizard = self.wizard(confirmation=self.subsidiary.name)
        counts = wizard.counts

        wizard.action_start()
        self.map_all()
        self.connection._drive_book()

        new = self.documents()
        self.assertIn("Invoices: 2", counts)
        self.assertEqual(self.subsidiary.company_id, self.other)
        for before, after in zip(old, new, strict=True):
            self.assertNotEqual(before, after)
            self.assertEqual(after.company_id, self.other)
            self.assertFalse(before.netsuite_record_id)
            self.assertIn(before.state, ("cancel", "canceled"))
        self.assertEqual(new[0].payment_state, "paid")
        self.assertEqual(new[1].amount_residual, 30)
        self.assertEqual(new[1].name, old[1].name)
        self.assert_in_step(self.connection)
        proofs = self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual(proofs.company_id, self.other)
        self.assertIn("cancelled there", self.connection.message_ids[0].body)
        self.later(3600)
        self.payment(self.customer_id, 30, apply={self.invoices[1]: 30})
        self.drive(self.connection)
        self.assertEqual(new[1].payment_state, "paid")

    def test_document_that_cannot_be_booked_there_stays(self):
        old = self.documents()

        self.wizard(confirmation=self.subsidiary.name).action_start()
        self.connection._drive_book()
        waiting = self.documents()
        self.map_all()
        self.connection._drive_book()

        # Nothing of the new company was mapped at first.
        self.assertEqual(waiting, old)
        self.assertEqual(old[0].company_id, self.main_company)
        self.assertEqual({move.company_id for move in self.documents()}, {self.other})
        self.assert_in_step(self.connection)

    def test_name_has_to_be_typed(self):
        for confirmation in (False, "northwind", "yes"):
            with self.subTest(confirmation=confirmation), self.assertRaises(UserError):
                self.wizard(confirmation=confirmation).action_start()
        self.assertEqual(self.subsidiary.company_id, self.main_company)

    def test_locked_books_forbid_it(self):
        for company in (self.main_company, self.other):
            company.fiscalyear_lock_date = self.day(1)
            wizard = self.wizard(confirmation=self.subsidiary.name)
            blockers = wizard.blockers
            with self.subTest(company=company.name), self.assertRaises(UserError):
                wizard.action_start()
            self.assertIn(f"The books of {company.name} are locked", blockers)
            self.assertIn("contain 4 of these documents", blockers)
            company.fiscalyear_lock_date = False

    def test_company_in_another_currency_is_refused(self):
        self.other.currency_id = self.env.ref("base.EUR")
        wizard = self.wizard(confirmation=self.subsidiary.name)

        self.assertIn("keeps its books in USD", wizard.blockers)
        with self.assertRaises(UserError):
            wizard.action_start()

    def test_without_the_dialog_the_company_stays(self):
        with self.assertRaises(ValidationError):
            self.subsidiary.company_id = self.other
        with self.assertRaises(ValidationError):
            self.subsidiary.company_id = False

    def test_only_administrators_may(self):
        both = self.main_company | self.other
        accountant = new_test_user(
            self.env,
            login="accountant",
            groups="base.group_user,kolleno_netsuite.group_netsuite_accountant",
            company_id=self.main_company.id,
            company_ids=both.ids,
        )
        wizard = self.wizard(confirmation=self.subsidiary.name)
        self.env.flush_all()

        with self.assertRaises(AccessError):
            wizard.with_user(accountant).action_start()
