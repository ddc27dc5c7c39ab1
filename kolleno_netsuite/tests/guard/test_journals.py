# Tests say things in English only.
# pylint: disable=translation-required

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..support.booking_case import NetsuiteBookingCommon


@tagged("post_install", "-at_install")
class TestJournalsOfTheMirror(NetsuiteBookingCommon):
    """No setting of its journals keeps NetSuite's next document out of the books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "journal_keeper",
            "base.group_system,account.group_account_manager,account.group_account_user,"
            "kolleno_netsuite.group_netsuite_administrator",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.partner, cls.entity = cls.customer()
        cls.record, cls.move = cls.invoice(cls.entity, [{"foreign": 100}])
        cls.journal = cls.move.journal_id

    def setUp(self):
        super().setUp()
        self.mine = self.journal.with_user(self.accountant)

    def change_in_netsuite(self, amount):
        """Let NetSuite give the invoice another amount; return its entry."""
        record = self.land_invoice(
            self.entity, [{"foreign": amount}], internal_id=self.record.internal_id
        )
        self.book(record)
        self.assert_booked(record)
        return record._target()

    # === SETTINGS === #

    def test_settings_that_would_stop_documents_are_refused_in_words(self):
        euro = self.eur.id
        for reason, way in {
            "secured with a hash": lambda: self.mine.write({"restrict_mode_hash_table": True}),
            "no new one could be booked": self.mine.action_archive,
            "could no longer be booked": lambda: self.mine.write({"currency_id": euro}),
            "Type cannot be changed": lambda: self.mine.write({"type": "general"}),
            "Archive the connection": self.mine.unlink,
        }.items():
            with self.subTest(reason), self.assertRaisesRegex(UserError, reason):
                way()
        self.assertTrue(self.journal.active)

    def test_what_stops_nothing_may_be_changed(self):
        self.mine.write({"name": "Receivables of NetSuite", "type": "sale", "currency_id": False})

        self.assertEqual(self.journal.name, "Receivables of NetSuite")

    def test_own_journals_are_secured_as_ever(self):
        own = self.company_data["default_journal_sale"].with_user(self.accountant)

        own.restrict_mode_hash_table = True
        invoice = self.own_invoice()

        self.assertTrue(invoice.inalterable_hash)

    def test_journals_of_an_archived_connection_are_odoos_own_again(self):
        self.connection.active = False

        self.mine.restrict_mode_hash_table = True
        self.mine.action_archive()

        self.assertFalse(self.journal.active)

    # === HASHES === #

    def own_invoice(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2024-03-25",
                "journal_id": self.company_data["default_journal_sale"].id,
                "invoice_line_ids": [
                    Command.create({"name": "Own", "price_unit": 25, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()
        return invoice

    def test_hash_that_was_switched_on_before_stops_no_document(self):
        self.journal.with_context(netsuite_import=True).restrict_mode_hash_table = True

        record, second = self.invoice(self.entity, [{"foreign": 30}], tranid="INV-9000")
        changed = self.change_in_netsuite(80)

        self.assert_booked(record)
        self.assertEqual((second.state, second.amount_total), ("posted", 30))
        self.assertEqual((changed.state, changed.amount_total), ("posted", 80))
        self.assertFalse((second | changed).filtered("inalterable_hash"))

    def test_securing_all_entries_leaves_out_those_that_netsuite_may_change(self):
        own = self.own_invoice()
        wizard = (
            self.env["account.secure.entries.wizard"]
            .with_user(self.accountant)
            .with_company(self.company)
            .create({"company_id": self.company.id, "hash_date": "2024-12-31"})
        )

        wizard.action_secure_entries()

        self.assertTrue(own.inalterable_hash)
        self.assertFalse(self.move.inalterable_hash)
        self.assertEqual(self.change_in_netsuite(80).amount_total, 80)
