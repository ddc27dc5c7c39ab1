"""People whom NetSuite has no more are archived, never deleted, and get no mail."""

from odoo.tests import new_test_user, tagged

from ..support.contact_case import ContactCase


@tagged("post_install", "-at_install")
class TestContactArchiving(ContactCase):
    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.quay = self.customer(name="Quay Ltd")
        self.contact_id = self.contact(self.quay)
        self.drive(self.connection)
        self.key = self.people(self.connection, self.quay)
        self.ann = self.key.partner_id
        self.owner = self.partner(self.connection, self.quay)

    def inactivate(self, inactive=True, contact=None):
        self.edit("contact", contact or self.contact_id, isInactive=inactive)
        self.drive(self.connection)

    def planned(self, partner):
        return partner.activity_ids.activity_type_id.mapped("name")

    def test_inactive_contact_is_archived_and_off_what_would_be_sent(self):
        invoice = self.invoice(self.quay, 10)
        self.drive(self.connection)
        move = self.move(self.connection, invoice)
        move.message_subscribe(self.ann.ids)
        reminder = self.env["mail.scheduled.message"].create(
            {
                "model": move._name,
                "res_id": move.id,
                "body": "Reminder",
                "scheduled_date": "2999-01-01 00:00:00",
                "author_id": self.env.user.partner_id.id,
                "partner_ids": [(6, 0, (self.ann | self.owner).ids)],
            }
        )
        mail = self.env["mail.mail"].create(
            {"body_html": "Reminder", "recipient_ids": [(6, 0, self.ann.ids)]}
        )
        move.sending_data = {"mail_partner_ids": [self.ann.id, self.owner.id]}

        self.inactivate()

        self.assertFalse(self.ann.active)
        self.assertEqual(reminder.partner_ids, self.owner)
        self.assertEqual((mail.recipient_ids.ids, mail.state), ([], "cancel"))
        self.assertEqual(move.sending_data["mail_partner_ids"], [self.owner.id])
        self.assertNotIn(self.ann, move.message_partner_ids)
        self.assertIn("Inactive in NetSuite", str(self.ann.message_ids[:1].body))

    def test_contact_that_is_active_again_comes_back_with_its_position(self):
        self.ann.netsuite_position = "Accounts Payable"
        self.inactivate()

        self.inactivate(False)

        self.assertTrue(self.ann.active)
        self.assertEqual(self.people(self.connection, self.quay).partner_id, self.ann)
        self.assertEqual(self.ann.netsuite_position, "Accounts Payable")

    def test_deleted_contact_is_archived(self):
        record = self.key.record_id
        self.simulator.act("delete", type="contact", id=self.contact_id)

        self.env["netsuite.booking"]._remove(record)

        self.assertEqual((record.state, self.ann.active), ("removed", False))
        self.assertTrue(self.key.exists())

    def test_customer_without_an_active_contact_gets_an_activity_once(self):
        second = self.contact(self.quay, first="Bo", email="bo@quay.example")
        self.drive(self.connection)

        self.inactivate()
        self.assertFalse(self.planned(self.owner))
        self.inactivate(contact=second)

        self.assertEqual(self.planned(self.owner), ["No active contact"])
        self.assertFalse(self.env["mail.mail"].search([("state", "=", "outgoing")]))
        self.inactivate(False)
        self.assertFalse(self.planned(self.owner))

    def test_contact_that_signs_in_is_flagged_and_stays(self):
        user = new_test_user(self.env, login="ann", groups="base.group_portal")
        self.ann.write({"user_ids": [(4, user.id)]})

        self.inactivate()
        self.drive(self.connection)

        self.assertTrue(self.ann.active)
        self.assertEqual(self.planned(self.ann), ["Contact is a user"])
        self.inactivate(False)
        self.assertFalse(self.planned(self.ann))

    def test_contact_archived_in_odoo_stays_so_until_it_is_resynchronised(self):
        self.ann.action_archive()
        self.edit("contact", self.contact_id, title="AP Manager")
        self.drive(self.connection)
        self.assertEqual((self.ann.active, self.ann.function), (False, "AP Manager"))

        self.ann.action_netsuite_contact_resync()

        self.assertTrue(self.ann.active)
        self.assertFalse(self.ann.netsuite_kept_archived)

    def test_contact_archived_in_odoo_stays_so_when_netsuite_has_it_active_again(self):
        self.ann.action_archive()
        self.inactivate()

        self.inactivate(False)

        self.assertFalse(self.key.netsuite_inactive)
        self.assertFalse(self.ann.active)

    def test_resynchronised_contact_takes_netsuites_words_again(self):
        self.ann.name = "Annie"

        self.ann.action_netsuite_contact_resync()

        self.assertEqual(self.ann.name, "Ann Lee")

    def test_contact_detached_from_a_customer_is_archived_there_only(self):
        pier = self.customer(name="Pier Ltd")
        self.simulator.act("attach", customer=pier, contact=self.contact_id)
        self.drive(self.connection)
        self.later(60)

        self.simulator.act("detach", customer=self.quay, contact=self.contact_id)
        self.drive(self.connection)

        self.assertFalse(self.ann.active)
        self.assertTrue(self.people(self.connection, pier).partner_id.active)

    def test_contact_that_became_private_is_archived(self):
        self.edit("contact", self.contact_id, isPrivate=True)

        self.drive(self.connection)

        self.assertFalse(self.ann.active)
        self.assertEqual(self.key.record_id.message, "Private in NetSuite")

    def test_contact_deleted_in_odoo_is_made_again(self):
        self.ann.unlink()

        self.drive(self.connection)

        self.assertEqual(self.people(self.connection, self.quay).partner_id.name, "Ann Lee")
