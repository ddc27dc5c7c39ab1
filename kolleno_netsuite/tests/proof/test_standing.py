from ast import literal_eval
from datetime import timedelta
from unittest.mock import patch

from lxml import etree
from odoo import fields
from odoo.tests import mute_logger, tagged

from ...client import transport
from ...client.errors import ErrorKind
from ...const import CHARGE_TYPE
from ..support.simulator_case import SimulatorCase

SYNC_LOG = "odoo.addons.kolleno_netsuite.models.sync.netsuite_connection_driving"


@tagged("post_install", "-at_install")
class TestStanding(SimulatorCase):
    """Green only while all that was read is booked, all booked is proved, and the read is fresh."""

    def setUp(self):
        super().setUp()
        # Waiting proves nothing.
        self.enterContext(patch.object(transport, "BACK_OFF", (0.0,) * 5))
        self.customer_id = self.customer()
        self.invoice_id = self.invoice(self.customer_id, 100)
        self.connection = self.connect(schedule_tz="UTC")
        self.drive(self.connection)
        self.partner = self.record_of(self.connection, "customer", self.customer_id)._target()
        self.move = self.record_of(self.connection, "invoice", self.invoice_id)._target()

    # === ARRANGING AND LOOKING === #

    def read_only(self):
        """Read what NetSuite changed, and book nothing."""
        self.later()
        self.connection.stream_ids.next_read_at = False
        self.connection._drive_fetch()

    def badge(self):
        self.env.invalidate_all()
        return self.connection.standing_level, self.connection.standing_text

    def header(self):
        return self.env["netsuite.proof"].header([self.connection.id])

    def states(self):
        """Return the states of the customer and of its first invoice."""
        self.env.invalidate_all()
        return self.partner.netsuite_state, self.move.netsuite_state

    def listed(self, mirrored):
        """Return what the filter *Not in Sync with NetSuite* lists of a model."""
        name = mirrored._name.replace(".", "_")
        arch = etree.fromstring(self.env.ref(f"kolleno_netsuite.{name}_view_search").arch)
        (domain,) = arch.xpath("//filter[@name='netsuite_not_in_step']/@domain")
        return mirrored.search(literal_eval(domain))

    def in_minutes(self, minutes):
        now = fields.Datetime.now() + timedelta(minutes=minutes)
        return patch.object(fields.Datetime, "now", lambda *_args: now)

    def assert_good(self):
        self.assertEqual(self.badge(), ("good", "Up to date"))
        self.assertEqual(self.header()["state"], "agrees")
        self.assertEqual(self.states(), ("in_step", "in_step"))

    # === WHAT IS NOT CHECKED === #

    def test_everything_booked_and_proved_is_green(self):
        self.assert_good()
        self.assertIn("The only customer matches. Checked", self.connection.proof_sentence)

    def test_what_was_read_and_not_booked_is_amber_everywhere(self):
        for amount in (10, 20):
            self.credit_memo(self.customer_id, amount)
        self.read_only()
        self.connection._running_run()._close()

        self.assertEqual(self.badge(), ("warning", "2 documents not yet checked"))
        header = self.header()
        self.assertEqual(header["state"], "waiting")
        self.assertRegex(header["sentence"], "^2 documents since .* not yet checked")
        self.assertNotIn("match.", header["sentence"])
        self.assertEqual(self.states(), ("unchecked", "in_step"))

        self.drive(self.connection)

        self.assert_good()

    def test_document_that_waits_for_a_mapping_or_failed_stays_unchecked(self):
        self.connection.mapping_ids.filtered(
            lambda mapping: mapping.account_id.account_type == "income"
        ).account_id = False
        self.invoice(self.customer_id, 30)
        self.drive(self.connection)

        self.assertEqual(self.badge(), ("warning", "1 document not yet checked"))
        self.assertRegex(self.header()["sentence"], "^1 document since .* not yet checked")
        proof = self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])
        # Its customer was proved in the run that read it.
        self.assertEqual((proof.state, proof.netsuite_open), ("waiting", 130.0))

        record = self.env["netsuite.record"].search(
            [("connection_id", "=", self.connection.id), ("state", "=", "blocked")]
        )
        record._advance("failed", message="It cannot be booked exactly")
        self.assertEqual(self.badge(), ("warning", "1 document not yet checked"))

    @mute_logger(SYNC_LOG)
    def test_touched_customer_that_could_not_be_proved_is_unchecked_until_it_is(self):
        memo = self.credit_memo(self.customer_id, 40)
        self.simulator.fault("503", times=None, match=r"SUM\(")
        self.drive(self.connection)
        memo = self.record_of(self.connection, "creditmemo", memo)._target()
        self.assertEqual((memo.netsuite_state, self.listed(memo)), ("unchecked", memo))
        self.assertEqual(self.move.amount_residual, 100)
        self.assertEqual(self.connection._unproved_customers(), [self.customer_id])
        self.assertEqual(self.badge()[0], "warning")
        self.assertEqual(self.states()[0], "unchecked")
        self.assertEqual(self.header()["state"], "waiting")

        self.simulator.clear_faults()
        self.drive(self.connection)

        self.assertFalse(self.connection._unproved_customers())
        self.assert_good()
        self.assertFalse(self.listed(memo))

    def test_deletion_and_application_are_proved_in_their_run(self):
        payment = self.payment(self.customer_id, 60)
        other = self.invoice(self.customer_id, 25)
        self.drive(self.connection)
        self.simulator.act("apply", payer=payment, doc=self.invoice_id, amount=60)
        self.simulator.act("delete", type="invoice", id=other)

        self.drive(self.connection)

        proof = self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual((proof.netsuite_open, proof.odoo_open, proof.state), (40, 40, "agrees"))
        self.assertEqual(proof.odoo_unapplied, 0)
        self.assert_good()

    def test_removal_alone_is_proved_although_nothing_was_booked(self):
        other = self.invoice(self.customer_id, 25)
        self.drive(self.connection)
        self.later(3600)
        self.drive(self.connection)
        self.simulator.act("delete", type="invoice", id=other)

        self.drive(self.connection)

        proof = self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual((proof.netsuite_open, proof.odoo_open), (100, 100))
        self.assert_good()

    def test_both_customers_of_a_document_that_moved_are_proved(self):
        other = self.customer("Harbour Other")
        self.drive(self.connection)
        record = self.record_of(self.connection, "invoice", self.invoice_id)
        record.write({"former_customer_internal_id": other, "unproved": True})

        self.assertEqual(self.connection._unproved_customers(), sorted([self.customer_id, other]))
        self.env["netsuite.proof"]._prove(self.connection, customer_ids=[self.customer_id])
        self.assertTrue(record.unproved)
        self.env["netsuite.proof"]._prove(self.connection, customer_ids=[self.customer_id, other])
        self.assertFalse(record.unproved)

    def test_type_that_is_new_to_the_account_is_amber_until_it_was_read(self):
        streams = self.connection.with_context(active_test=False).stream_ids
        stream = streams.filtered(lambda stream: stream.record_type == CHARGE_TYPE)
        stream.active = True

        self.assertEqual(self.badge(), ("warning", "Not read yet: Statement charges"))
        self.assertTrue(self.connection.in_step_at)
        self.drive(self.connection)
        self.assert_good()

    @mute_logger(SYNC_LOG)
    def test_difference_is_red_also_while_netsuite_cannot_be_read(self):
        move = self.move.with_context(netsuite_import=True)
        move.button_draft()
        self.env["netsuite.proof"]._prove(self.connection)

        self.assertEqual(self.badge(), ("danger", "1 customer doesn't match"))
        self.assertEqual(self.states()[0], "difference")
        self.assertEqual(self.listed(self.partner), self.partner)
        # Setting the issue aside makes no balance right.
        self.open_issues(self.connection).action_set_aside()
        self.assertEqual(self.badge(), ("danger", "1 customer doesn't match"))

        self.simulator.fault("503", times=None)
        self.drive(self.connection)
        level, text = self.badge()
        self.assertEqual((level, self.connection.standing), ("danger", "unreachable"))
        self.assertRegex(text, "^Unreachable since .*1 customer doesn't match$")

        self.connection._pause("year-end", fields.Datetime.now() + timedelta(days=3))
        level, text = self.badge()
        self.assertEqual((level, self.connection.standing), ("danger", "paused"))
        self.assertRegex(text, "^Paused.*1 customer doesn't match$")

    # === WHAT STOPS THE READING === #

    @mute_logger(SYNC_LOG)
    def test_outage_says_since_when_and_the_next_try(self):
        self.simulator.fault("503", times=None)
        self.drive(self.connection)
        issue = self.open_issues(self.connection, "network")
        now = fields.Datetime.now()
        again = self.connection._moment(self.connection._next_try_at(now), now)
        since = self.connection._moment(issue.first_seen, now)

        level, text = self.badge()

        self.assertEqual((level, text), ("warning", f"Unreachable since {since}, next try {again}"))
        # The run goes on later; nothing moves until then.
        self.connection._open_run()
        self.assertFalse(self.connection.running_run_id)
        self.assertFalse(self.connection.run_text)
        self.assertEqual(self.header()["state"], "waiting")
        self.assertTrue(self.header()["sentence"].startswith(f"{text}. The only customer matched"))
        with self.in_minutes(17):
            self.assertEqual(self.states(), ("stale", "stale"))

        notice = self.connection.action_synchronise()

        self.assertIn("being asked", notice["params"]["message"])
        self.assertEqual(self.badge()[1], f"Unreachable since {since}, trying again now")
        self.simulator.clear_faults()
        self.drive(self.connection)
        self.assert_good()

    @mute_logger(SYNC_LOG)
    def test_netsuite_that_is_too_busy_is_slow_not_away(self):
        self.simulator.fault("429", times=None)
        self.drive(self.connection)

        self.assertRegex(self.badge()[1], "^Slow since .*, next try")
        self.assertEqual(ErrorKind.CONCURRENCY.value, "concurrency")
        self.simulator.clear_faults()
        self.drive(self.connection)
        self.assert_good()

    @mute_logger(SYNC_LOG)
    def test_proof_that_netsuite_refuses_is_no_green(self):
        self.simulator.fault("unsupported_search", times=None, match=r"company_open")
        self.invoice(self.customer_id, 7)
        self.later()
        self.drive(self.connection)

        self.assertEqual(self.connection.standing, "stopped")
        self.assertEqual(self.badge()[0], "warning")
        issue = self.open_issues(self.connection)
        self.assertEqual(issue.mapped("key"), ["stream:proof"])

        self.simulator.clear_faults()
        self.drive(self.connection)
        self.env["netsuite.proof"]._prove(self.connection)
        self.assert_good()
        self.assertEqual(issue.state, "solved")

    def test_synchronise_is_seen_at_once(self):
        self.connection.action_synchronise()

        level, text = self.badge()
        self.assertEqual(level, "busy")
        self.assertTrue(text.startswith("Synchronising since"))
        self.assertTrue(self.connection.running_run_id)

    @mute_logger(SYNC_LOG)
    def test_lost_and_paused_connection_shows_no_bar_and_says_so(self):
        self.connection._open_run()
        monday = fields.Datetime.now() + timedelta(days=3)
        name = {0: "Monday", 1: "Tuesday", 2: "Wednesday", 3: "Thursday", 4: "Friday"}
        name |= {5: "Saturday", 6: "Sunday"}
        self.connection._pause("year-end", monday)

        self.assertEqual(
            self.badge(), ("warning", f"Paused until {name[monday.weekday()]}: year-end")
        )
        self.assertFalse(self.connection.running_run_id)
        self.assertEqual(self.header()["state"], "waiting")
        # A read that the pause kept from being made is missed as soon as it was due.
        self.assertEqual(self.states(), ("in_step", "in_step"))
        with self.in_minutes(17):
            self.assertEqual(self.states(), ("stale", "stale"))
            self.assertIn("Last read at", self.connection.in_step_text)

        self.connection.action_resume()
        self.simulator.fault("token_revoked", times=None)
        self.drive(self.connection)
        level, text = self.badge()
        self.assertEqual(level, "danger")
        self.assertTrue(text.startswith("Reconnect needed since"), text)
        self.assertFalse(self.connection.running_run_id)

    def test_old_read_is_stale_on_the_card_and_on_the_invoice(self):
        with self.in_minutes(40):
            self.assertEqual(self.badge()[0], "good")
        with self.in_minutes(50):
            level, text = self.badge()
            self.assertEqual(level, "warning")
            self.assertTrue(text.startswith("Stale: last read"), text)
            self.assertEqual(self.states(), ("stale", "stale"))
            self.assertEqual(self.header()["state"], "waiting")
        # Nothing is read at night, so nothing is late.
        self.connection.write({"hours_limited": True, "hours_weekdays": False})
        now = fields.Datetime.now()
        self.connection.write({"hours_from": 0, "hours_to": now.hour + now.minute / 60 or 0.01})
        with self.in_minutes(50):
            self.assertEqual(self.badge()[0], "good")
