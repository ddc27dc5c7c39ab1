from odoo.exceptions import ValidationError
from odoo.tests import mute_logger, tagged
from odoo.tools import SQL

from ..support.pdf_case import DocumentCase

DOCUMENT_LOG = "odoo.addons.kolleno_netsuite.models.pdf.pdf_fetcher"
# ID -> a word of the reason.
REFUSED = {
    "links": "query language",
    "self": "query language",
    "select": "query language",
    "custbody" + "x" * 150: "too long",
    "custbodyé": "unaccented",
    "custbody a": "unaccented",
    "custbody٣": "unaccented",
    "3rd": "unaccented",
}


@tagged("post_install", "-at_install")
class TestFieldIds(DocumentCase):
    """The ID of a NetSuite field is checked when it is saved, as it is when a query is made."""

    def test_mapped_field_that_no_query_can_name_is_refused_when_saved(self):
        for field_id, reason in REFUSED.items():
            with self.subTest(field_id[:20]), self.assertRaisesRegex(ValidationError, reason):
                self.map(field_id)

    def test_email_field_that_no_query_can_name_is_refused_when_saved(self):
        for field_id, reason in REFUSED.items():
            with self.subTest(field_id[:20]), self.assertRaisesRegex(ValidationError, reason):
                self.rule(field_id)
        with self.assertRaisesRegex(ValidationError, "query language"):
            self.rule("custbody_mail", name_field_id="order")

    def test_document_field_that_no_query_can_name_is_refused_when_saved(self):
        for field_id, reason in {**REFUSED, "custcol_pdf": "starts with custbody"}.items():
            with self.subTest(field_id[:20]), self.assertRaisesRegex(ValidationError, reason):
                self.connection.write({"pdf_source": "field", "pdf_field_invoice": field_id})

    def test_stored_fields_that_no_query_can_name_cost_themselves_only(self):
        mapping, other = self.map("custbody_site"), self.map("memo")
        rule = self.rule("custbody_mail")
        self.store(mapping, "field_name", "links")
        self.store(rule, "field_id", "custbodyé")
        invoice = self.invoice(self.harbour, 100, memo="Dock 4")

        self.drive(self.connection)

        move = self.record_of(self.connection, "invoice", invoice)._target()
        self.assertEqual(move.state, "posted")
        self.assertEqual(other.state, "valid")
        self.assertEqual(mapping.state, "invalid")
        self.assertIn("query language", mapping.reason)
        names = " ".join(self.open_issues(self.connection, "column").mapped("title"))
        self.assertIn("links", names)
        self.assertIn("custbodyé", names)
        self.assert_in_step(self.connection)

        rule.field_id = "custbody_mail"

        names = " ".join(self.open_issues(self.connection, "column").mapped("title"))
        self.assertNotIn("custbodyé", names)

    @mute_logger(DOCUMENT_LOG)
    def test_invoice_with_a_stored_document_field_that_no_query_can_name_opens(self):
        (move,) = self.mirrored(self.invoice(self.harbour), pdf_source="generated")
        self.connection.write({"pdf_source": "field_only", "pdf_field_invoice": "custbody_pdf"})
        self.store(self.connection, "pdf_field_invoice", "custbodyé")

        self.open(move)

        self.assertEqual(move.netsuite_pdf_state, "failed")
        self.assertIn("custbodyé", self.open_issues(self.connection, "document").title)
        self.assertEqual(self.document_calls(), [])

    # === ARRANGING === #

    def map(self, field_name):
        return self.env["netsuite.field.mapping"].create(
            {
                "connection_id": self.connection.id,
                "record_type": "invoice",
                "field_name": field_name,
                "destination": "attributes",
            }
        )

    def rule(self, field_id, **values):
        return self.env["netsuite.contact.field"].create(
            {"connection_id": self.connection.id, "field_id": field_id, **values}
        )

    def store(self, record, name, value):
        """Let `record` have a value that an earlier version accepted."""
        record.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = %s",
                SQL.identifier(record._table),
                SQL.identifier(name),
                value,
                record.id,
            )
        )
        record.invalidate_recordset()
