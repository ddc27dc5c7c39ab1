from lxml import etree
from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestDepositScreens(DocumentsCase):
    """What people see of deposits, journals and rates."""

    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.harbour = self.customer()

    def test_proof_shows_columns_of_deposits_where_there_are_any(self):
        self.drive(self.connection)
        self.assertEqual(self.hidden_columns(), {"netsuite", "odoo", "difference"})

        deposit = self.deposit(self.harbour, 40)
        self.drive(self.connection)

        self.assertFalse(self.hidden_columns())
        proof = self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])
        proof.action_open_documents()
        self.assertEqual(proof.deposit_document_ids.internal_id, int(deposit))
        self.assertFalse(proof.open_document_ids)
        payment = proof.deposit_document_ids.payment_id
        self.assertEqual(payment.netsuite_state, "in_step")
        self.assertIn("custdep.nl", payment.netsuite_url)

    def test_deposit_that_differs_is_said_in_words(self):
        deposit = self.deposit(self.harbour, 40)
        self.drive(self.connection)
        payment = self.mirror(self.connection, "customerdeposit", deposit)
        payment.move_id.with_context(netsuite_import=True).button_cancel()

        self.env["netsuite.proof"]._prove(self.connection)

        issue = self.open_issues(self.connection, "difference")
        self.assertIn("NetSuite has 40.00 USD of deposits left and Odoo 0.00 USD", issue.title)

    def test_forms_and_lists_open_with_what_is_new(self):
        views = {
            "netsuite.connection": ("form", "rates_for_journals"),
            "netsuite.proof": ("form", "deposit_document_ids"),
            "account.move": ("form", "netsuite_state"),
        }
        for model, (kind, field) in views.items():
            with self.subTest(model):
                arch = self.env[model].get_view(view_type=kind)["arch"]
                self.assertIn(f'name="{field}"', arch)
        entries = self.env.ref("account.view_move_tree")
        self.assertIn("netsuite_state", self.env["account.move"].get_view(entries.id)["arch"])

    def test_suggested_account_of_deposits_can_be_reconciled(self):
        mapping = self.env["netsuite.mapping"].search(
            [("connection_id", "=", self.connection.id), ("ns_special", "=", "CustDep")]
        )

        account = mapping.account_id

        self.assertEqual(account.account_type, "liability_current")
        self.assertTrue(account.reconcile)

    def hidden_columns(self):
        """Return which columns of deposits the list of the proof hides."""
        arch = etree.fromstring(self.env["netsuite.proof"].get_view(view_type="list")["arch"])
        return {
            node.get("name").replace("deposits", "").strip("_")
            for node in arch.xpath("//field[contains(@name, 'deposits')]")
            if node.get("column_invisible")
        }
