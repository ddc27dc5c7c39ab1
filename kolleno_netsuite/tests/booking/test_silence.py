from odoo import Command
from odoo.tests import new_test_user, tagged

from ..support.simulator_case import SimulatorCase

CHANGED = "Changed in NetSuite."


@tagged("post_install", "-at_install")
class TestSilence(SimulatorCase):
    """A synchronisation writes the mirror, and nobody hears of it."""

    def setUp(self):
        super().setUp()
        self.harbour = self.customer(email="accounts@harbour.example", phone="555-0100")
        self.invoice_id = self.invoice(self.harbour, 100)
        self.payment(self.harbour, 40, apply={self.invoice_id: 40})
        self.credit_memo(self.harbour, 10)

    def own_invoice(self):
        """Post an invoice of the company's own; return its number."""
        journal = self.env["account.journal"].search(
            [
                ("company_id", "=", self.main_company.id),
                ("type", "=", "sale"),
                ("netsuite_connection_id", "=", False),
            ],
            limit=1,
        )
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "journal_id": journal.id,
                "partner_id": self.env["res.partner"].create({"name": "Local"}).id,
                "invoice_date": self.day(1),
                "invoice_line_ids": [(0, 0, {"name": "Work", "price_unit": 5, "tax_ids": False})],
            }
        )
        move.action_post()
        return move.name

    def partner(self, connection):
        return self.record_of(connection, "customer", self.harbour)._target()

    def test_import_and_changes_send_no_mail_and_notify_nobody(self):
        connection = self.connect()
        before = self.env["mail.mail"].search_count([])
        notified = self.env["mail.notification"].search_count([])

        self.drive(connection)
        self.simulator.act("edit", type="customer", id=self.harbour, body={"phone": "555-0199"})
        self.simulator.act("edit", type="invoice", id=self.invoice_id, body={"memo": "Sorry"})
        self.drive(connection)

        self.assertEqual(self.partner(connection).phone, "555-0199")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertEqual(self.env["mail.notification"].search_count([]), notified)
        move = self.record_of(connection, "invoice", self.invoice_id)._target()
        self.assertFalse(move.message_follower_ids)

    def test_import_consumes_no_number_of_the_company(self):
        first = self.own_invoice()
        connection = self.connect()

        self.drive(connection)
        second = self.own_invoice()

        number = int(first.rpartition("/")[2])
        self.assertEqual(second, f"{first.rpartition('/')[0]}/{number + 1:05d}")

    def test_users_own_fields_stay_as_they_are(self):
        connection = self.connect()
        self.drive(connection)
        partner = self.partner(connection)
        own = {
            "website": "https://only.in.odoo.example",
            "user_id": self.env.user.id,
            "function": "Ship chandler",
        }
        partner.write(own)
        move = self.record_of(connection, "invoice", self.invoice_id)._target()
        move.invoice_user_id = self.env.user
        self.simulator.act("edit", type="customer", id=self.harbour, body={"phone": "555-0199"})
        self.simulator.act("edit", type="invoice", id=self.invoice_id, body={"memo": "Sorry"})

        self.drive(connection)

        self.assertEqual(partner.phone, "555-0199")
        self.assertEqual(
            {name: partner[name].id if name == "user_id" else partner[name] for name in own}, own
        )
        self.assertEqual(move.invoice_user_id, self.env.user)

    def test_a_change_is_one_line_in_the_chatter_when_wanted(self):
        connection = self.connect()
        self.drive(connection)
        partner = self.partner(connection)
        for wanted, phone in ((True, "555-0201"), (False, "555-0202")):
            with self.subTest(wanted=wanted):
                connection.note_changes = wanted
                before = len(partner.message_ids)
                self.simulator.act("edit", type="customer", id=self.harbour, body={"phone": phone})

                self.drive(connection)

                self.assertEqual(partner.phone, phone)
                lines = partner.message_ids[: len(partner.message_ids) - before]
                self.assertEqual(
                    [line.body.striptags() for line in lines], [CHANGED] if wanted else []
                )

    def test_what_a_user_entered_is_named_when_netsuite_s_takes_its_place(self):
        connection = self.connect()
        self.drive(connection)
        partner = self.partner(connection)
        user = new_test_user(
            self.env,
            "reads.again",
            groups="account.group_account_manager,kolleno_netsuite.group_netsuite_administrator",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.main_company.ids)],
        )
        partner.write({"phone": "555-9999", "website": "http://own.example"})
        connection.note_changes = False
        edited = {"phone": "555-0157", "email": "new@harbour.example"}
        self.simulator.act("edit", type="customer", id=self.harbour, body=edited)

        self.drive(connection)

        line = partner.message_ids[0]
        self.assertEqual(
            line.body.striptags(), f"{CHANGED}Phone 555-9999 replaced by NetSuite's 555-0157."
        )
        self.assertEqual((partner.phone, partner.email), tuple(edited.values()))
        self.assertEqual(partner.website, "http://own.example")

        # In the name of the synchronisation, although a person started it.
        partner.phone = "555-9999"
        partner.with_user(user).action_netsuite_resync()

        line = partner.message_ids[0]
        self.assertIn("Phone 555-9999 replaced by NetSuite's 555-0157.", line.body.striptags())
        self.assertEqual(line.author_id, self.env.ref("base.partner_root"))

    def test_a_synchronisation_without_changes_writes_nothing_in_the_chatter(self):
        connection = self.connect()
        self.drive(connection)
        mirrors = [("model", "in", ["res.partner", "account.move", "account.payment"])]
        before = self.env["mail.message"].search_count(mirrors)

        self.later(3600)
        self.drive(connection)

        self.assertEqual(self.env["mail.message"].search_count(mirrors), before)
