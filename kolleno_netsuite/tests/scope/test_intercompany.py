from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase
from ..support.simulator_case import SimulatorCase
from .test_exclusion import ExclusionCase


@tagged("post_install", "-at_install")
class TestIntercompany(ExclusionCase):
    """Companies of the own group: suggested, and excluded only where somebody wants that."""

    def suggestion(self):
        return self.env["netsuite.intercompany"].search(
            [("connection_id", "=", self.connection.id)]
        )

    def test_customer_that_represents_a_subsidiary_is_imported_and_suggested(self):
        partner, ns = self.customer(representingsubsidiary=2)

        suggestion = self.suggestion()
        self.assertTrue(partner.active)
        self.assertEqual((suggestion.internal_id, suggestion.state), (ns, "open"))
        self.assertEqual(suggestion.why, "Represents a subsidiary")
        self.assertEqual(self.connection.suggestion_count, 1)
        self.assertFalse(self.env["netsuite.exclusion"].search([]))

    def test_customer_that_represents_a_subsidiary_is_excluded_where_that_is_wanted(self):
        self.connection.exclude_representing = True

        record = self.land_customer(representingsubsidiary=2)
        self.book(record)

        exclusion = self.env["netsuite.exclusion"].search([])
        self.assertEqual((record.state, record.left_out), ("ignored", "excluded"))
        self.assertFalse(record.res_id)
        self.assertTrue(exclusion.automatic)
        self.assertEqual(exclusion.reason, "intercompany")
        self.assertEqual(self.suggestion().state, "excluded")
        self.assertIn("Intercompany: 1 (no open balance)", self.connection.left_out_text)

    def test_setting_keeps_what_was_imported_and_offers_to_clean_up(self):
        partner, ns = self.customer(representingsubsidiary=2)
        _record, invoice = self.invoice(ns, [{"foreign": 100}])

        self.connection.exclude_representing = True
        self.books_again(self.connection)

        self.assertTrue(partner.active)
        self.assertEqual((partner.netsuite_state, invoice.state), ("left_out", "posted"))
        self.assertEqual(self.connection.out_of_scope_count, 1)
        action = self.connection.action_clean_up_left_out()
        wizard = self.env["netsuite.exclude"].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.partner_id, partner)
        self.apply(wizard)
        self.assertEqual((partner.active, invoice.state), (False, "cancel"))

    def test_customer_taken_off_the_list_is_not_put_back_by_the_setting(self):
        self.connection.exclude_representing = True
        record = self.land_customer(representingsubsidiary=2)
        self.book(record)

        self.env["netsuite.exclusion"].search([]).unlink()
        self.books_again(self.connection)

        self.assert_booked(record)
        self.assertEqual(self.suggestion().state, "dismissed")
        self.assertFalse(self.env["netsuite.exclusion"].search([]))

    def test_intercompany_transactions_and_elimination_subsidiaries_are_suggested(self):
        _partner, ns = self.customer()
        self.invoice(ns, [{"foreign": 10}], intercotransaction=77)
        elimination = self.env["netsuite.subsidiary"].create(
            {
                "connection_id": self.connection.id,
                "internal_id": 9,
                "name": "Elimination",
                "is_elimination": True,
            }
        )
        record = self.land_customer()
        record.payload = {
            **record.payload,
            "subsidiaries": [
                {"id": "1", "subsidiary": "1", "isprimarysub": "T"},
                {"id": "2", "subsidiary": str(elimination.internal_id), "isprimarysub": "F"},
            ],
        }
        self.book(record)

        by_customer = {each.internal_id: each.why for each in self.suggestion()}
        self.assertEqual(by_customer[ns], "Has intercompany transactions")
        self.assertEqual(by_customer[record.internal_id], "Belongs to an elimination subsidiary")

    def test_dismissed_suggestion_is_not_made_again(self):
        _partner, ns = self.customer(representingsubsidiary=2)
        self.suggestion().action_dismiss()

        self.land_customer(internal_id=ns, representingsubsidiary=2, phone="1")
        self.books_again(self.connection)

        self.assertEqual(self.suggestion().state, "dismissed")

    def test_suggestion_opens_the_wizard_that_excludes_it(self):
        partner, _ns = self.customer(representingsubsidiary=2)

        action = self.suggestion().action_exclude()

        wizard = self.env["netsuite.exclude"].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.partner_id, partner)
        self.assertEqual(wizard.reason, "intercompany")
        self.apply(wizard)
        self.assertEqual(self.suggestion().state, "excluded")


@tagged("post_install", "-at_install")
class TestExclusionInSync(SimulatorCase):
    """Exclusions over the whole way: read, booked, resynchronised, proved."""

    def test_excluded_customer_stays_out_of_sync_resync_and_proof(self):
        sister = self.customer("Sister Ltd", representingSubsidiary={"id": self.UK})
        invoice = self.invoice(sister, 100)
        self.payment(sister, 30, apply={invoice: 30})
        own = self.customer("Own")
        self.invoice(own, 15)
        connection = self.connect()
        self.env["netsuite.exclusion"].create(
            {"connection_id": connection.id, "internal_id": int(sister), "reason": "intercompany"}
        )

        self.drive(connection)
        record = self.record_of(connection, "invoice", invoice)
        record.action_resync()

        self.assertEqual((record.state, record.left_out), ("ignored", "excluded"))
        self.assertFalse(self.record_of(connection, "customer", sister).res_id)
        self.assertEqual(connection.left_out_text, "Intercompany: 1, open in NetSuite: 70.00 USD")
        summary = connection._summary()
        rows = {row["record_type"]: row for row in summary["rows"]}
        self.assertEqual(summary["open"], {"USD": {"netsuite": "15.00", "odoo": "15.00"}})
        self.assertEqual((rows["invoice"]["in_odoo"], rows["invoice"]["left_out"]), (1, 1))
        self.assertFalse(sum(row["differences"] for row in summary["rows"]))
        self.assertIn("The only customer matches", connection.proof_sentence)
        self.assertIn(
            "1 customer not synced, open in NetSuite: 70.00 USD", connection.proof_sentence
        )
        self.assertEqual(connection.left_out_count, 1)
        shown = connection.action_open_not_synced()
        self.assertEqual(self.env[shown["res_model"]].search(shown["domain"]).internal_id, sister)

        self.env["netsuite.exclusion"].search([]).unlink()
        self.drive(connection)

        self.assertEqual(record.state, "booked")
        self.assertFalse(connection.left_out_text)
        self.assert_in_step(connection)

    def test_exclusion_costs_no_calls(self):
        customers = [self.customer(f"Quay {number}") for number in range(3)]
        for customer in customers:
            self.invoice(customer, 10)
        connection = self.connect()
        self.drive(connection)
        self.simulator.clear_requests()

        self.env["netsuite.exclusion"].create(
            [
                {"connection_id": connection.id, "internal_id": int(customer)}
                for customer in customers
            ]
        )
        connection._drive_book()

        self.assertFalse(self.simulator.requests())
        self.assertEqual(
            set(self.record_of_all(connection, "customer", customers).mapped("left_out")),
            {"excluded"},
        )


@tagged("post_install", "-at_install")
class TestExclusionInJournals(DocumentsCase):
    def test_line_of_an_excluded_customer_leaves_a_journal_and_comes_back(self):
        connection = self.connection = self.connect()
        own, sister = self.customer("Own"), self.customer("Sister")
        journal = self.journal((self.AR, 30, own), (self.AR, 20, sister), (self.SALES, -50))
        self.drive(connection)
        self.assertEqual(self.open_of(journal), [30, 20])

        wizard = self.env["netsuite.exclude"].create(
            {"connection_id": connection.id, "entries": str(sister)}
        )
        wizard.action_preview()
        self.assertIn("booked again for the others only: 1", wizard.line_ids.remark)
        wizard.confirmation = wizard.expected
        wizard.action_apply()
        connection._drive_book()

        self.assertEqual(self.open_of(journal), [30])
        self.env["netsuite.proof"]._prove(connection)
        self.assertEqual(connection.difference_count, 0)
        self.assertIn("open in NetSuite: 20.00 USD", connection.left_out_text)

        self.env["netsuite.exclusion"].search([]).unlink()
        self.drive(connection)

        self.assertEqual(self.open_of(journal), [30, 20])
        self.assert_books_agree(connection)

    def open_of(self, journal):
        """Return what each receivable line of a journal has open, in their order."""
        items = self.mirror(self.connection, "journalentry", journal).line_ids
        receivable = items.filtered(lambda line: line.account_type == "asset_receivable")
        return receivable.sorted("netsuite_line").mapped("amount_residual")
