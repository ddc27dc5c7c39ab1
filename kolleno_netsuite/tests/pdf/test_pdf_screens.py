from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..screens.test_screens import ScreensCase


@tagged("post_install", "-at_install")
class TestDocumentScreens(ScreensCase):
    """The settings of documents, and what the form of an invoice offers."""

    def arch(self, model, view, user):
        return self.env[model].with_user(user).get_view(self.env.ref(view).id, "form")["arch"]

    def test_each_setting_is_on_the_connection_with_default_and_help(self):
        arch = self.arch(
            "netsuite.connection",
            "kolleno_netsuite.netsuite_connection_view_form",
            self.users["administrator"],
        )
        defaults = {
            "pdf_source": "generated",
            "pdf_field_invoice": False,
            "pdf_field_creditmemo": False,
            "pdf_pattern": "{tranId}*.pdf",
            "pdf_in_advance": False,
            "pdf_form": False,
            "pdf_locale": False,
            "pdf_attachments": False,
            "pdf_on_failure": "send",
            "pdf_timeout": 30,
            "pdf_size_limit": 25,
        }
        for name, default in defaults.items():
            with self.subTest(setting=name):
                self.assertEqual(self.connection[name], default)
                self.assertTrue(self.connection._fields[name].help)
                self.assertIn(f'name="{name}"', arch)
        self.assertLess(arch.index('name="pdfs"'), arch.index('name="streams"'))

    def test_form_and_language_are_checked_when_they_are_saved(self):
        self.connection.write({"pdf_form": " 105 ", "pdf_locale": "de-de "})
        self.assertEqual((self.connection.pdf_form, self.connection.pdf_locale), ("105", "de_DE"))

        for wrong in ({"pdf_form": "Standard"}, {"pdf_form": "-5"}, {"pdf_locale": "German"}):
            with self.subTest(wrong), self.assertRaisesRegex(ValidationError, "is not"):
                self.connection.write(wrong)

    def test_tab_offers_the_pdf_to_netsuite_users_and_the_form_fetches_it_for_all(self):
        outsider = self._user("viewer", self.company, login="pdf_outsider")
        outsider.group_ids = self.env.ref("base.group_user") | self.env.ref(
            "account.group_account_invoice"
        )
        for user, expected in ((self.users["accountant"], True), (outsider, False)):
            arch = self.arch("account.move", "account.view_move_form", user)
            self.assertEqual('name="action_netsuite_get_pdf"' in arch, expected)
            self.assertIn('widget="netsuite_document_opened"', arch)

    def test_viewer_may_get_the_pdf_of_many_documents_from_the_list(self):
        action = self.env.ref("kolleno_netsuite.action_netsuite_get_pdf")

        bindings = self.env["ir.actions.actions"].with_user(self.users["accountant"])
        names = [each["name"] for each in bindings.get_bindings("account.move")["action"]]

        self.assertIn(action.name, names)
