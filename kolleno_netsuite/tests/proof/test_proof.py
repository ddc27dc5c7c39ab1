from datetime import datetime, timedelta, timezone

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..support.simulator_case import SimulatorCase

QUERY = "/services/rest/query/v1/suiteql"


@tagged("post_install", "-at_install")
class TestProof(SimulatorCase):
    """NetSuite's sums against Odoo's: what agrees, what waits, what differs, what heals."""

    def proof_of(self, connection, customer, currency="USD"):
        """Return the proof row of one customer and currency."""
        self.env["netsuite.proof"].invalidate_model()
        return self.env["netsuite.proof"].search(
            [
                ("connection_id", "=", connection.id),
                ("customer_internal_id", "=", int(customer)),
                ("currency_name", "=", currency),
            ]
        )

    def prove(self, connection, customers=None):
        return self.env["netsuite.proof"]._prove(connection, customer_ids=customers)

    def unapply_in_odoo(self, connection, invoice):
        """Undo in Odoo what pays an invoice, as a user could."""
        move = self.record_of(connection, "invoice", invoice)._target()
        move.line_ids.with_context(netsuite_import=True).remove_move_reconcile()

    def edit_unnoticed(self, invoice, amount):
        """Change an invoice in NetSuite in a way that moves no date of change."""
        long_ago = datetime.now(timezone.utc) - timedelta(days=30)
        self.simulator.act(
            "edit",
            type="invoice",
            id=invoice,
            body={"item": {"items": [{"item": {"id": self.ITEM}, "quantity": 1, "rate": amount}]}},
            replace=["item"],
            stamp=long_ago.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )

    # === AGREEMENT === #

    def test_customer_agrees_when_every_open_amount_is_equal(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100, 50)
        self.payment(customer, 70, apply={invoice: 40})
        connection = self.connect()

        self.drive(connection)

        proof = self.proof_of(connection, customer)
        self.assertEqual(proof.state, "agrees")
        self.assertEqual((proof.netsuite_open, proof.odoo_open), (80.0, 80.0))
        self.assertEqual((proof.netsuite_unapplied, proof.odoo_unapplied), (30.0, 30.0))
        self.assertEqual((proof.netsuite_documents, proof.odoo_documents), (2, 2))
        self.assertTrue(proof.company_compared)
        partner = self.record_of(connection, "customer", customer)._target()
        self.assertEqual(proof.partner_id, partner)
        self.assertIn("The only customer matches", connection.proof_sentence)

    def test_amounts_in_company_currency_are_compared_at_netsuites_rate(self):
        customer = self.customer(currency=self.EUR)
        self.invoice(customer, 100, exchangeRate=1.25)
        connection = self.connect()

        self.drive(connection)

        proof = self.proof_of(connection, customer, "EUR")
        self.assertEqual(proof.state, "agrees")
        self.assertEqual(proof.netsuite_open, 100.0)
        self.assertEqual((proof.netsuite_open_company, proof.odoo_open_company), (125.0, 125.0))

    def test_summary_equals_netsuites_own_ledger(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        self.payment(customer, 25, apply={invoice: 25})
        connection = self.connect()
        self.drive(connection)

        summary = connection._summary()

        self.assertEqual(summary["open"], {"USD": {"netsuite": "75.00", "odoo": "75.00"}})
        self.assertEqual(summary["totals"]["differences"], 0)
        self.assertGreater(summary["totals"]["api_calls"], 0)
        rows = {row["record_type"]: row for row in summary["rows"]}
        for record_type in ("customer", "invoice", "customerpayment"):
            self.assertEqual(rows[record_type]["in_netsuite"], 1, record_type)
            self.assertEqual(rows[record_type]["in_odoo"], 1, record_type)
            self.assertEqual(rows[record_type]["differences"], 0, record_type)
        self.assertEqual(rows["creditmemo"]["in_netsuite"], 0)

    def test_calls_of_a_whole_proof_do_not_grow_with_documents(self):
        for name in ("One", "Two"):
            customer = self.customer(name)
            for amount in range(1, 6):
                self.invoice(customer, amount)
        connection = self.connect()
        self.drive(connection)
        self.simulator.clear_requests()

        self.prove(connection)

        calls = [call["path"] for call in self.simulator.requests()]
        # What is owed, what is not applied, deposits, and lines of journals.
        self.assertEqual(calls.count(QUERY), 4)

    def test_proof_of_touched_customers_leaves_the_others_as_they_were(self):
        touched, other = self.customer("One"), self.customer("Two")
        for customer in (touched, other):
            self.payment(customer, 10, apply={self.invoice(customer, 10): 10})
            self.invoice(customer, 50)
        connection = self.connect()
        self.drive(connection)
        for customer in (touched, other):
            partner = self.record_of(connection, "customer", customer)._target()
            moves = self.env["account.move"].search([("partner_id", "=", partner.id)])
            moves.line_ids.with_context(netsuite_import=True).remove_move_reconcile()

        self.prove(connection, [touched])

        self.assertEqual(self.proof_of(connection, touched).state, "differs")
        self.assertEqual(self.proof_of(connection, other).state, "agrees")

    # === DIFFERENCES === #

    def test_difference_raises_an_issue_that_solves_itself(self):
        customer = self.customer("Harbour Supplies")
        invoice = self.invoice(customer, 100)
        connection = self.connect()
        self.drive(connection)
        move = self.record_of(connection, "invoice", invoice)._target()
        move.with_context(netsuite_import=True).button_draft()

        self.prove(connection)

        issue = self.open_issues(connection, "difference")
        self.assertEqual(
            issue.title,
            "Harbour Supplies: NetSuite has 100.00 USD open and Odoo 0.00 USD; "
            "Odoo shows 100.00 USD too little",
        )
        self.assertEqual(issue.key, f"proof:{customer}:{self.main_company.id}:USD")
        self.assertIn(self.record_of(connection, "invoice", invoice), issue.record_ids)
        move.with_context(netsuite_import=True).action_post()
        self.prove(connection)
        self.assertEqual(issue.state, "solved")
        self.assertEqual(self.proof_of(connection, customer).state, "agrees")

    def test_issue_of_a_customer_who_was_not_compared_stays_open(self):
        customers = [self.customer(name) for name in ("One", "Two")]
        invoices = [self.invoice(customer, 100) for customer in customers]
        connection = self.connect()
        self.drive(connection)
        moves = [self.record_of(connection, "invoice", each)._target() for each in invoices]
        for move in moves:
            move.with_context(netsuite_import=True).button_draft()
        self.prove(connection)
        for move in moves:
            move.with_context(netsuite_import=True).action_post()

        self.prove(connection, customers[:1])

        (issue,) = self.open_issues(connection, "difference")
        self.assertTrue(issue.key.startswith(f"proof:{customers[1]}:"))

    def test_other_application_differs_although_the_sums_are_equal(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        self.payment(customer, 100, apply={invoice: 100})
        self.invoice(customer, 30)
        connection = self.connect()
        self.drive(connection)
        self.unapply_in_odoo(connection, invoice)

        self.prove(connection)

        proof = self.proof_of(connection, customer)
        self.assertEqual((proof.state, proof.difference), ("differs", 0.0))
        self.assertEqual(proof.unapplied_difference, 100.0)
        self.assertEqual(proof.different_count, 2)
        self.assertIn("unapplied", self.open_issues(connection, "difference").title)

    def test_other_rate_in_odoo_differs_in_company_currency_only(self):
        customer = self.customer(currency=self.EUR)
        invoice = self.invoice(customer, 100, exchangeRate=1.25)
        connection = self.connect()
        self.drive(connection)
        move = self.record_of(connection, "invoice", invoice)._target()
        mirrored = move.with_context(netsuite_import=True)
        mirrored.button_draft()
        mirrored.invoice_currency_rate = 1 / 1.3
        mirrored.action_post()

        self.prove(connection)

        proof = self.proof_of(connection, customer, "EUR")
        self.assertEqual((proof.state, proof.difference), ("differs", 0.0))
        self.assertEqual(proof.company_difference, 5.0)
        self.assertIn(
            "in company currency NetSuite has 125.00 USD and Odoo 130.00 USD",
            self.open_issues(connection, "difference").title,
        )

    def test_company_amounts_are_not_compared_without_netsuites_rates(self):
        customer = self.customer(currency=self.EUR)
        self.invoice(customer, 100, exchangeRate=1.25)
        connection = self.connect()
        self.drive(connection)
        connection.use_netsuite_rates = False

        self.prove(connection)

        proof = self.proof_of(connection, customer, "EUR")
        self.assertFalse(proof.company_compared)
        self.assertEqual((proof.state, proof.company_difference), ("agrees", 0.0))

    def test_document_on_another_partner_makes_both_customers_differ(self):
        customer, other = self.customer("One"), self.customer("Two")
        invoice = self.invoice(customer, 100)
        self.invoice(other, 5)
        connection = self.connect()
        self.drive(connection)
        move = self.record_of(connection, "invoice", invoice)._target()
        move.with_context(netsuite_import=True).button_draft()
        move.with_context(netsuite_import=True).partner_id = self.record_of(
            connection, "customer", other
        )._target()
        move.with_context(netsuite_import=True).action_post()

        self.prove(connection)

        self.assertEqual(self.proof_of(connection, customer).difference, -100.0)
        self.assertEqual(self.proof_of(connection, other).difference, 100.0)
        self.assertIn("another customer", self.proof_of(connection, other).reason)

    def test_change_that_was_missed_differs_and_is_healed(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        connection = self.connect()
        self.drive(connection)
        self.edit_unnoticed(invoice, 120)

        self.prove(connection)

        proof = self.proof_of(connection, customer)
        self.assertEqual((proof.state, proof.difference, proof.unread), ("differs", -20.0, True))
        healed = self.env["netsuite.proof"]._heal(connection)
        self.assertEqual(healed, 1)
        self.assertEqual(self.proof_of(connection, customer).state, "agrees")
        self.assertEqual(self.proof_of(connection, customer).odoo_open, 120.0)
        self.assertFalse(self.open_issues(connection, "difference"))

    def test_change_after_the_last_read_waits_and_raises_no_issue(self):
        customer = self.customer()
        self.invoice(customer, 100)
        connection = self.connect()
        self.drive(connection)
        self.later()
        self.invoice(customer, 20)

        self.prove(connection)

        proof = self.proof_of(connection, customer)
        self.assertEqual((proof.state, proof.difference), ("waiting", -20.0))
        self.assertIn("after the last synchronisation", proof.reason)
        self.assertFalse(self.open_issues(connection, "difference"))
        self.drive(connection)
        self.assertEqual(self.proof_of(connection, customer).state, "agrees")

    def test_difference_that_cannot_be_healed_is_read_again_once(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        connection = self.connect()
        self.drive(connection)
        self.record_of(connection, "invoice", invoice)._target().with_context(
            netsuite_import=True
        ).button_draft()
        self.prove(connection)
        self.proof_of(connection, customer).healed_for = self.proof_of(
            connection, customer
        )._sums_text()
        self.simulator.clear_requests()

        self.assertEqual(self.env["netsuite.proof"]._heal(connection), 0)

        self.assertFalse(self.simulator.requests())
        self.edit_unnoticed(invoice, 130)
        self.prove(connection)
        self.assertEqual(self.env["netsuite.proof"]._heal(connection), 1)

    def test_nothing_is_healed_when_healing_is_switched_off(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        connection = self.connect(heal_active=False)
        self.drive(connection)
        self.edit_unnoticed(invoice, 120)
        self.prove(connection)

        self.assertEqual(self.env["netsuite.proof"]._heal(connection), 0)

        self.assertEqual(self.proof_of(connection, customer).state, "differs")

    # === WAITING === #

    def test_documents_still_to_book_explain_the_difference(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        connection = self.connect()
        self.later()
        connection.stream_ids.next_read_at = False
        connection._drive_fetch(phases=("open",))

        self.prove(connection)

        proof = self.proof_of(connection, customer)
        self.assertEqual((proof.state, proof.waiting_count), ("waiting", 1))
        self.assertEqual(proof.difference, -100.0)
        self.assertFalse(self.open_issues(connection, "difference"))
        self.assertEqual(self.record_of(connection, "invoice", invoice).state, "pending")

    def test_unmapped_subsidiary_is_shown_with_its_open_documents(self):
        customer = self.customer(subsidiary=self.UK, currency=self.GBP)
        self.invoice(customer, 100)
        self.invoice(customer, 50)
        connection = self.connect()
        connection.subsidiary_ids.filtered(
            lambda subsidiary: subsidiary.internal_id == self.UK
        ).company_id = False

        self.drive(connection)

        proof = self.proof_of(connection, customer, "GBP")
        self.assertFalse(proof.company_id)
        self.assertEqual((proof.state, proof.netsuite_open), ("waiting", 150.0))
        self.assertEqual(
            proof.reason,
            "2 open documents skipped; subsidiary Northwind Lantern UK is not mapped",
        )

    # === DRILL-DOWN === #

    def test_drill_down_shows_the_differing_document_first(self):
        customer = self.customer()
        first, second = self.invoice(customer, 100), self.invoice(customer, 60)
        self.payment(customer, 25, apply={first: 10})
        connection = self.connect()
        self.drive(connection)
        self.record_of(connection, "invoice", second)._target().with_context(
            netsuite_import=True
        ).button_draft()
        self.prove(connection)
        proof = self.proof_of(connection, customer)

        action = proof.action_open_documents()

        self.assertEqual((action["res_model"], action["res_id"]), ("netsuite.proof", proof.id))
        documents = proof.document_ids
        self.assertEqual(documents[0].internal_id, second)
        self.assertEqual(
            (documents[0].state, documents[0].netsuite_open, documents[0].odoo_open),
            ("differs", 60.0, 0.0),
        )
        self.assertEqual(documents[1:].mapped("state"), ["agrees", "agrees"])
        self.assertEqual(sum(documents.mapped("netsuite_open")), proof.netsuite_open)
        payment = documents.filtered("payment_id")
        self.assertEqual((payment.netsuite_open, payment.odoo_total), (-15.0, 25.0))

    def test_other_total_differs_although_as_much_is_open(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        payment = self.payment(customer, 60, apply={invoice: 40})
        connection = self.connect()
        self.drive(connection)
        long_ago = (datetime.now(timezone.utc) - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.edit_unnoticed(invoice, 120)
        self.simulator.act("apply", payer=payment, doc=invoice, amount=20, stamp=long_ago)
        self.prove(connection)

        proof = self.proof_of(connection, customer)
        proof.action_open_documents()

        document = proof.document_ids.filtered(lambda each: each.record_type == "invoice")
        self.assertEqual((document.netsuite_open, document.odoo_open), (60.0, 60.0))
        self.assertEqual((document.netsuite_total, document.odoo_total), (120.0, 100.0))
        self.assertEqual((document.state, document.reason), ("differs", "The total differs"))

    def test_resynchronise_brings_the_customer_in_step(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        connection = self.connect()
        self.drive(connection)
        self.edit_unnoticed(invoice, 120)
        self.prove(connection)
        proof = self.proof_of(connection, customer)

        proof.action_resync()

        self.assertEqual(self.proof_of(connection, customer).state, "agrees")

    def test_document_deleted_in_netsuite_is_named_in_the_drill_down(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        connection = self.connect()
        self.drive(connection)
        self.simulator.act("delete", type="invoice", id=invoice)
        self.prove(connection)

        proof = self.proof_of(connection, customer)
        proof.action_open_documents()

        self.assertEqual((proof.state, proof.difference), ("differs", 100.0))
        self.assertEqual(proof.document_ids.internal_id, invoice)
        self.assertIn("NetSuite currently has no such", proof.document_ids.reason)

    # === RIGHTS === #

    def test_viewer_reads_the_proof_and_may_not_start_one(self):
        customer = self.customer()
        self.invoice(customer, 100)
        connection = self.connect()
        self.drive(connection)
        viewer = new_test_user(
            self.env,
            "proof_viewer",
            "kolleno_netsuite.group_netsuite_viewer",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.main_company.ids)],
        )
        proof = self.proof_of(connection, customer).with_user(viewer)

        self.assertEqual(proof.read(["odoo_open"])[0]["odoo_open"], 100.0)
        with self.assertRaises(AccessError):
            proof.action_prove()
        with self.assertRaises(AccessError):
            connection.with_user(viewer).action_prove_all()

    def test_accountant_proves_all_and_lands_on_the_proof(self):
        customers = [self.customer(name) for name in ("One", "Two", "Three")]
        invoices = [self.invoice(customer, 100) for customer in customers]
        connection = self.connect()
        self.drive(connection)
        for invoice in invoices[:2]:
            move = self.record_of(connection, "invoice", invoice)._target()
            move.with_context(netsuite_import=True).button_draft()
        accountant = new_test_user(
            self.env,
            "proof_accountant",
            "kolleno_netsuite.group_netsuite_accountant",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.main_company.ids)],
        )

        action = connection.with_user(accountant).action_prove_all()

        self.assertEqual(action["res_model"], "netsuite.proof")
        header = self.env["netsuite.proof"].with_user(accountant).header([connection.id])
        self.assertEqual(header["state"], "differs")
        self.assertTrue(header["sentence"].startswith("2 of 3 customers don't match"))
        issue = self.open_issues(connection, "difference")[0].with_user(accountant)
        self.assertEqual(issue.fix_label, "Compare the documents")
        self.assertEqual(issue.action_fix()["res_model"], "netsuite.proof")

    def test_header_says_how_old_the_oldest_comparison_is(self):
        connection = self.connect()
        other = connection.create({"name": "Other", "account_id": "7654321"})
        now = fields.Datetime.now()
        other.state = "connected"
        (connection | other).stream_ids.last_success_at = now
        ages = ((connection, 0), (connection, 9), (other, 5))
        self.env["netsuite.proof"].create(
            [
                {
                    "connection_id": each.id,
                    "company_id": self.main_company.id,
                    "customer_internal_id": days + 1,
                    "currency_name": "USD",
                    "state": "agrees",
                    "as_of": now - timedelta(days=days),
                }
                for each, days in ages
            ]
        )

        header = self.env["netsuite.proof"].header([connection.id, other.id])

        oldest = connection._moment(now - timedelta(days=9), now)
        self.assertTrue(header["sentence"].startswith(f"All 3 customers match. Checked {oldest}."))

    def test_user_of_another_company_does_not_see_the_proof(self):
        customer = self.customer()
        self.invoice(customer, 100)
        connection = self.connect()
        self.drive(connection)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "proof_stranger",
            "kolleno_netsuite.group_netsuite_accountant",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )

        found = self.env["netsuite.proof"].with_user(stranger).search([])

        self.assertFalse(found & self.proof_of(connection, customer))
