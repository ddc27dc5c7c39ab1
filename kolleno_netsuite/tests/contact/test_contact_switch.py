"""Contact records can be switched off and on again, and nothing is missed."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..support.contact_case import ContactCase


@tagged("post_install", "-at_install")
class TestContactSwitch(ContactCase):
    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.quay = self.customer(name="Quay Ltd")
        self.contact_id = self.contact(self.quay)
        self.drive(self.connection)
        self.key = self.people(self.connection, self.quay)
        self.ann = self.key.partner_id

    def switch(self, on):
        self.connection.sync_contacts = on
        self.later(3600)

    def test_off_asks_nothing_about_contacts_and_changes_none(self):
        self.switch(False)
        self.edit("contact", self.contact_id, lastName="Moss")
        self.contact(self.quay, first="Bo")
        self.simulator.clear_requests()

        self.drive(self.connection)
        self.connection._drive_daily()

        self.assertFalse(self.requests_for("FROM contact"))
        self.assertEqual(self.ann.name, "Ann Lee")
        self.assertEqual(len(self.people(self.connection, self.quay)), 1)
        self.assertTrue(self.ann.netsuite_no_longer_synchronised)
        self.ann.name = "Annie"
        self.assertEqual(self.ann.name, "Annie")
        with self.assertRaisesRegex(UserError, "switched off"):
            self.ann.action_netsuite_contact_resync()

    def test_contact_that_was_read_before_is_not_booked_while_off(self):
        record = self.key.record_id
        self.edit("contact", self.contact_id, lastName="Moss")
        self.later()
        self.connection.stream_ids.next_read_at = False
        self.connection._drive_fetch()
        self.assertEqual(record.state, "pending")

        self.switch(False)
        self.connection._drive_book()

        self.assertEqual((record.state, self.ann.name), ("pending", "Ann Lee"))

    def test_on_again_finds_what_changed_meanwhile(self):
        gone = self.contact(self.quay, first="Di", email="di@quay.example")
        self.drive(self.connection)
        self.switch(False)
        self.edit("contact", self.contact_id, title="AP Manager")
        new = self.contact(self.quay, first="Bo", email="bo@quay.example")
        self.simulator.act("delete", type="contact", id=gone)
        self.env["netsuite.booking"]._remove(self.record_of(self.connection, "contact", gone))
        self.assertTrue(all(self.people(self.connection, self.quay).mapped("partner_active")))
        self.drive(self.connection)

        self.switch(True)
        self.drive(self.connection)

        self.assertEqual(self.ann.function, "AP Manager")
        active = {
            key.partner_id.name: key.partner_active
            for key in self.people(self.connection, self.quay)
        }
        self.assertEqual(active, {"Ann Lee": True, "Bo Lee": True, "Di Lee": False})
        self.assertTrue(self.record_of(self.connection, "contact", new))
        self.assertFalse(self.connection.contacts_off_at)

    def test_watermark_goes_back_to_when_it_was_switched_off(self):
        stream = self.connection._contact_stream()
        self.switch(False)
        off_at = self.connection.contacts_off_at
        stream.cursor_at = "2999-01-01 00:00:00"

        self.switch(True)

        self.assertTrue(stream.active)
        self.assertEqual(stream.cursor_at, off_at)

    def test_contacts_of_invoice_fields_go_on_while_off(self):
        self.rule(self.connection, "custbody15")
        self.switch(False)
        self.invoice(self.quay, 10, custbody15="b@quay.example")

        self.drive(self.connection)

        self.assertIn("b@quay.example", self.people(self.connection, self.quay).mapped("email"))

    def test_switch_on_the_list_of_intervals_is_the_same_switch(self):
        self.connection._contact_stream().active = False
        self.assertFalse(self.connection.sync_contacts)

        self.connection._contact_stream().active = True
        self.assertTrue(self.connection.sync_contacts)

    def test_clean_up_archives_what_nothing_else_needs(self):
        self.rule(self.connection, "custbody15")
        used = self.contact(self.quay, first="Bo", email="bo@quay.example")
        self.drive(self.connection)
        bo = self.record_of(self.connection, "contact", used)._target()
        self.people(self.connection, self.quay).filtered(
            lambda key: key.partner_id == bo
        ).move_ids = self.env["account.move"].create({"move_type": "entry"})
        own = {"connection_id": self.connection.id}
        wizard = self.env["netsuite.contact.cleanup"].create({**own, "source": "record"})
        with self.assertRaisesRegex(UserError, "Switch them off"):
            wizard.action_archive()
        self.switch(False)

        wizard = self.env["netsuite.contact.cleanup"].create({"connection_id": self.connection.id})
        self.assertEqual((wizard.partner_ids, wizard.kept_count), (self.ann, 1))
        wizard.action_archive()

        self.assertEqual((self.ann.active, bo.active), (False, True))
        self.assertTrue(self.ann.netsuite_kept_archived)
