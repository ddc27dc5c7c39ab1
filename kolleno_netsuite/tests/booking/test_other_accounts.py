from odoo.tests import tagged

from ..support.booking_case import RECEIVABLE, UNDEPOSITED, NetsuiteBookingCommon

RETENTION = 4711


@tagged("post_install", "-at_install")
class TestOtherAccounts(NetsuiteBookingCommon):
    """What accounts have that are kept otherwise: voids by journal, links, instalments, leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.entity = cls.customer()

    # === VOID BY REVERSING JOURNAL === #

    def test_refund_that_a_journal_takes_back_counts_like_the_journal(self):
        memo = self.land_invoice(self.entity, [{"foreign": 100}], record_type="creditmemo")
        refund = self.document(
            "customerrefund",
            (UNDEPOSITED, -100),
            (RECEIVABLE, 100),
            links=self.links(0, [(memo.internal_id, 100)]),
        )
        self.book(memo | refund)
        self.assert_open(refund._target(), 0, 0)

        refund = self.document(
            "customerrefund",
            (UNDEPOSITED, -100),
            (RECEIVABLE, 100),
            links=self.links(0, [(memo.internal_id, 100)]),
            internal_id=refund.internal_id,
            voided="T",
            status="V",
        )
        journal = self.document("journalentry", (RECEIVABLE, -100))
        self.book(refund | journal)

        self.assert_booked(refund)
        self.assertEqual(refund._target().move_id.state, "posted")
        self.assertFalse(refund.removal_kind)
        self.assert_open(memo._target(), 0, 0)
        self.assert_open(refund._target(), 0, 0)
        self.assert_open(journal._target(), -100, -100)

    # === LINKS === #

    def test_link_that_is_unclear_is_listed_until_it_is_clear(self):
        invoice, move = self.invoice(self.entity, [{"foreign": 100}])
        links = [{**self.links(0, [(invoice.internal_id, 70)])[0], "linktype": "Settle"}]
        lines = {"links": links, "foreignpaymentamountunused": "10"}
        payment = self.document("customerpayment", (UNDEPOSITED, 60), (RECEIVABLE, -60), **lines)
        self.book(payment)

        self.assert_booked(payment)
        self.assert_open(move, 100, 100)
        issue = self.env["netsuite.issue"].search([("key", "=", "links")])
        self.assertEqual((issue.state, issue.record_ids), ("open", payment))
        self.assertIn(str(invoice.internal_id), issue.detail)

        links[0]["foreignamount"] = 50
        self.document(
            "customerpayment",
            (UNDEPOSITED, 60),
            (RECEIVABLE, -60),
            internal_id=payment.internal_id,
            **lines,
        )
        self.book(payment)

        self.assertEqual(issue.state, "solved")
        self.assert_open(move, 50, 50)

    # === RECEIVABLES INSIDE AN INVOICE === #

    def test_instalments_are_booked_as_one_balance_and_listed(self):
        for mainline in ("T", "F"):
            with self.subTest(mainline):
                part = {"account": RECEIVABLE, "foreignamount": 60, "debit": 60, "subsidiary": 1}
                invoice = self.land_invoice(self.entity, [{"foreign": 120}])
                payload = dict(invoice.payload)
                payload["lines"][0] |= {key: str(value) for key, value in part.items()}
                payload["lines"].append({**payload["lines"][0], "line": "9", "mainline": mainline})
                invoice.payload = payload
                self.book(invoice)

                self.assert_booked(invoice)
                self.assert_open(invoice._target(), 120, 120)
                self.payment(self.entity, 90, [(invoice.internal_id, 90)])
                self.assert_open(invoice._target(), 30, 30)
                issue = self.env["netsuite.issue"].search([("key", "=", "instalments")])
                self.assertIn(invoice, issue.record_ids)
                self.assertIn("2 instalments", issue.detail)

                self.book(invoice)
                self.assertEqual(issue.state, "open")

    def test_retention_is_booked_on_an_account_that_is_no_receivable(self):
        receivable = self.accounts[RECEIVABLE].copy({"code": "NSRET", "name": "Retention"})
        self.map_account(RETENTION, receivable)
        items = [{"foreign": 100}, {"foreign": -10, "account": RETENTION}]
        invoice = self.land_invoice(self.entity, items)
        self.book(invoice)

        self.assertEqual(invoice.state, "blocked")
        self.assertIn("Retention", invoice.message)
        issue = invoice.issue_ids
        self.assertIn("retention", issue.advice)

        receivable.account_type = "asset_current"
        issue.action_retry()
        self.book(invoice)

        self.assert_booked(invoice)
        self.assert_open(invoice._target(), 90, 90)
        kept = invoice._target().line_ids.filtered(lambda line: line.account_id == receivable)
        self.assertEqual(kept.balance, 10)

    # === LEADS === #

    def test_lead_is_no_partner_until_it_is_a_customer_or_owes_something(self):
        lead = self.land_customer(searchstage="LEAD")
        other = self.land_customer(searchstage="Prospect")
        self.book(lead | other)

        self.assertEqual((lead.state, lead.left_out), ("ignored", "lead"))
        self.assertIn("lead or prospect", lead.message)
        self.assertFalse(lead.res_id)
        self.assertEqual(self.connection._not_synced_numbers()["lead"], 2)

        invoice = self.land_invoice(other.internal_id, [{"foreign": 30}])
        self.book(invoice)
        self.book(other)
        self.assert_booked(other)
        self.assert_booked(self.book_again(invoice))

        self.land_customer(lead.internal_id, searchstage="Customer")
        self.assert_booked(self.book_again(lead))
        self.assertTrue(lead.res_id)
        self.assertEqual(self.connection._not_synced_numbers()["lead"], 0)

    def test_leads_are_partners_where_that_is_wanted(self):
        lead = self.land_customer(searchstage="LEAD")
        self.book(lead)
        self.assertFalse(lead.res_id)

        self.connection.import_leads = True

        self.assertEqual(lead.state, "pending")
        self.assert_booked(self.book_again(lead))
        self.connection.import_leads = False
        self.assert_booked(self.book_again(lead))

    # === ARRANGING === #

    def book_again(self, record):
        self.book(record)
        return record

    def document(self, record_type, *sides, links=(), internal_id=None, **row):
        """Land a document of ``(account, amount)``, the first of them the main line."""
        internal_id = internal_id or self.new_id()
        lines = [
            {
                "transaction": internal_id,
                "line": number,
                "mainline": "F" if number else "T",
                "account": account,
                "foreignamount": amount,
                "subentity": self.entity,
                "subsidiary": 1,
                ("debit" if amount > 0 else "credit"): abs(amount),
            }
            for number, (account, amount) in enumerate(sides)
        ]
        links = [{**link, "nextdoc": internal_id} for link in links]
        row = {
            "id": internal_id,
            "tranid": f"D{internal_id}",
            "trandate": "2024-03-20",
            "entity": None if record_type == "journalentry" else self.entity,
            "currency": 1,
            "exchangerate": 1,
            "foreigntotal": abs(sides[0][1]),
            "posting": "T",
            "voided": "F",
            **row,
        }
        return self.land(record_type, row, lines=lines, links=links)
