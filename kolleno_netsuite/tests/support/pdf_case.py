import base64

from ...client.restlets import PATH
from .simulator_case import SimulatorCase

PDF = b"%PDF-1.4\n% signed by hand\n%%EOF\n"
OTHER_PDF = b"%PDF-1.4\n% signed once more\n%%EOF\n"
DOCX = b"PK\x03\x04 a letter"
FIELD = "custbody_invoice_pdf"


class DocumentCase(SimulatorCase):
    """A mirrored customer, and NetSuite's documents."""

    def prepare(self):
        super().prepare()
        self.simulator.switches(document_restlet=True)
        self.harbour = self.customer(email="ap@harbour.example")
        self.connection = self.connect()

    def mirrored(self, *internal_ids, record_type="invoice", **settings):
        """Import all, with `settings` of the connection; return the moves of the documents."""
        self.connection.write(settings)
        self.drive(self.connection)
        records = self.record_of_all(self.connection, record_type, internal_ids)
        self.simulator.clear_requests()
        return self.env["account.move"].browse(records.mapped("res_id"))

    def upload(self, name, contents=PDF, attach_to=None):
        """Upload a file in NetSuite; return its internal id."""
        encoded = base64.b64encode(contents).decode()
        return self.simulator.act("upload_file", name=name, contents=encoded, attach_to=attach_to)[
            "id"
        ]

    def edit(self, internal_id, type="invoice", **body):
        """Change a document in NetSuite and let Odoo read that."""
        self.simulator.act("edit", type=type, id=internal_id, body=body)
        self.drive(self.connection)
        self.env.invalidate_all()
        self.simulator.clear_requests()

    def open(self, move):
        """Open the document's form, as the browser does."""
        move.invalidate_recordset()
        return move.action_netsuite_opened()

    def document_calls(self):
        """Return what was asked of the RESTlet: ``print``, ``list`` or ``file <id>`` each."""
        calls = [call["query"] for call in self.simulator.requests() if call["path"] == PATH]
        kinds = []
        for query in calls:
            file = query.partition("&file=")[2]
            listed = "attachments=1" in query
            kinds.append(f"file {file}" if file else "list" if listed else "print")
        return kinds

    def history(self, move):
        """Return the attachments that were the official PDF before."""
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", move.id),
                ("res_field", "=", False),
                ("netsuite_connection_id", "!=", False),
                ("netsuite_file_id", "=", 0),
            ]
        )

    def assert_official(self, move, contents):
        """Fail unless `contents` are the document's PDF everywhere Odoo looks for it."""
        self.assertEqual(move.invoice_pdf_report_id.raw, contents)
        self.assertEqual(move.message_main_attachment_id, move.invoice_pdf_report_id)
        self.assertEqual(move.invoice_pdf_report_id.company_id, move.company_id)
        self.assertEqual(move.netsuite_pdf_state, "current")
