"""The way of a person through the screens, in a browser."""

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..support.booking_case import INCOME_2, NetsuiteBookingCommon

UNMAPPED = 777


@tagged("post_install", "-at_install")
class TestTour(NetsuiteBookingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env,
            login="tour_accountant",
            groups="base.group_user,account.group_account_user,"
            "kolleno_netsuite.group_netsuite_accountant",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.connection.write({"state": "connected"})
        cls.connection.stream_ids.last_success_at = fields.Datetime.now()

    def test_accountant_fixes_an_issue_from_the_overview(self):
        _partner, entity = self.customer()
        record = self.land_invoice(entity, [{"foreign": 100, "account": UNMAPPED}])
        self.book(record)
        self.assertEqual(record.state, "blocked")

        self.start_tour("/odoo/netsuite", "kolleno_netsuite_fix_issue", login="tour_accountant")

        self.env.invalidate_all()
        self.assertEqual(record.state, "pending")
        self.book(record)
        self.assertIn(self.accounts[INCOME_2], record._target().line_ids.account_id)

    def test_accountant_follows_a_mirrored_invoice_to_netsuite_and_the_proof(self):
        partner, entity = self.customer()
        record, move = self.invoice(entity, [{"foreign": 100}])
        self.assertEqual(record.state, "booked", record.message)
        self.env["netsuite.proof"].sudo().create(
            {
                "connection_id": self.connection.id,
                "company_id": self.company.id,
                "customer_internal_id": entity,
                "customer_name": partner.name,
                "partner_id": partner.id,
                "currency_name": self.usd.name,
                "currency_id": self.usd.id,
                "netsuite_open": 100,
                "odoo_open": 100,
                "state": "agrees",
                "as_of": fields.Datetime.now(),
            }
        )

        self.connection._note_proved([entity])

        self.start_tour(
            f"/odoo/action-account.action_move_out_invoice_type/{move.id}",
            "kolleno_netsuite_mirrored_invoice",
            login="tour_accountant",
        )
