import io
import json
import re
import zipfile

from lxml import html
from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged

from ..support.contact_case import ContactCase

EVIL = '<a href="https://evil.example">x</a><img src=x onerror=alert(1)>'
# Their texts come from NetSuite, or quote it.
SHOWING = (
    *("res.partner", "account.move", "account.move.line", "account.payment"),
    *("mail.message", "mail.activity", "mail.mail"),
)
# What a spreadsheet would work out, or open.
FORMULAS = (
    '=HYPERLINK("https://evil.example","Invoice")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "{=1+1}",
    "https://evil.example",
    "external:c:/evil.xlsx",
)


@tagged("post_install", "-at_install")
class TestForeignText(ContactCase):
    """Whatever stands in NetSuite is text here, wherever a page is made of it."""

    def prepare(self):
        super().prepare()
        address = {
            "items": [
                {
                    "defaultBilling": True,
                    "label": EVIL,
                    "addressBookAddress": {
                        "addressee": EVIL,
                        "attention": EVIL,
                        "addr1": EVIL,
                        "city": EVIL,
                    },
                }
            ]
        }
        self.owner_id = self.customer(f"Rope {EVIL}", comments=EVIL, addressBook=address)
        self.person = self.contact(self.owner_id, last=EVIL, title=EVIL)
        self.document = self.invoice(
            self.owner_id, 10, memo=EVIL, otherRefNum=EVIL, custbody_stage=EVIL
        )
        self.payment(self.owner_id, 4, apply={self.document: 4}, memo=EVIL)
        self.refused = self.invoice(self.owner_id, 7, memo=EVIL, tranId=f"INV {EVIL}")
        self.connection = self.connect()
        self.env["netsuite.field.mapping"].create(
            {
                "connection_id": self.connection.id,
                "record_type": "invoice",
                "field_name": "custbody_stage",
                "destination": "attributes",
            }
        )
        self.drive(self.connection)
        # What is written about it: another name, a person who left, a document that is gone.
        self.edit("customer", self.owner_id, companyName=f"Cord {EVIL}")
        self.edit("contact", self.person, isInactive=True)
        self.edit("invoice", self.document, memo=f"changed {EVIL}")
        self.simulator.act("delete", type="invoice", id=self.refused)
        self.drive(self.connection)
        self.connection._lose_connection(f"Refused by {EVIL}", EVIL, ValueError(EVIL))
        self.env.flush_all()

    def pages(self):
        """Yield (place, text) of every page that is made of a text, stored or not."""
        names = [name for name in self.env.registry if name.startswith("netsuite.")]
        for name in (*SHOWING, *names):
            model = self.env[name].with_context(active_test=False)
            if model._abstract:
                continue
            fields = [field for field in model._fields.values() if field.type == "html"]
            for record in model.search([]) if fields else ():
                for field in fields:
                    if record[field.name]:
                        yield f"{record}.{field.name}", str(record[field.name])

    def test_markup_is_shown_as_it_was_typed_on_every_page(self):
        places = set()
        for place, text in self.pages():
            tree = html.fromstring(f"<div>{text}</div>")
            if "evil.example" in text:
                places.add(re.sub(r"\(.*?\)", "", place))
            with self.subTest(place):
                self.assertFalse(tree.xpath("//img[@onerror] | //img[@src='x'] | //script"))
                for link in tree.xpath("//a[@href]"):
                    # An address that somebody typed may be clicked; it leads where it says.
                    if "evil.example" in link.get("href"):
                        self.assertEqual(link.text, link.get("href"))
        # The texts have been there.
        self.assertLessEqual(
            {
                *("account.move.narration", "res.partner.comment"),
                *("mail.activity.note", "netsuite.record.payload_table"),
                *("account.move.netsuite_attribute_table", "res.partner.netsuite_group_statement"),
            },
            places,
        )


@tagged("post_install", "-at_install")
class TestExportedText(HttpCase):
    """Whatever stands in NetSuite is text in the files that a spreadsheet opens."""

    def setUp(self):
        super().setUp()
        new_test_user(
            self.env,
            login="exporter",
            password="exporter_password",
            groups="base.group_user,base.group_partner_manager,base.group_allow_export",
        )
        partners = self.env["res.partner"]
        for formula in FORMULAS:
            partners += partners.create({"name": "Quay", "ref": formula, "comment": formula})
        self.ids = partners.ids
        self.authenticate("exporter", "exporter_password")

    def export(self, address, **values):
        fields = [
            {"name": "ref", "label": "Reference", "type": "char", "store": True},
            {"name": "function", "label": "=Title", "type": "char", "store": True},
        ]
        data = {
            "model": "res.partner",
            "fields": fields,
            "ids": self.ids,
            "domain": [],
            "groupby": [],
            "import_compat": False,
            **values,
        }
        return self.post(address, data)

    def post(self, address, data):
        answer = self.url_open(
            address, {"data": json.dumps(data), "csrf_token": http.Request.csrf_token(self)}
        )
        self.assertEqual(answer.status_code, 200, answer.text[:500])
        return answer.content

    def cells(self, content):
        """Return the XML of the sheet of an Excel file, and its texts."""
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            sheet = file.read("xl/worksheets/sheet1.xml").decode()
            texts = file.read("xl/sharedStrings.xml").decode()
            self.assertFalse([name for name in file.namelist() if "rels/sheet1" in name])
        return sheet, texts

    def assert_no_formula(self, content):
        sheet, _texts = self.cells(content)
        self.assertNotIn("<f>", sheet)
        self.assertNotIn("<f ", sheet)
        self.assertNotIn("hyperlink", sheet)

    def test_csv_file_has_no_text_that_begins_like_a_formula(self):
        lines = self.export("/web/export/csv").decode().replace('""', "").splitlines()

        self.assertEqual(len(lines), len(FORMULAS) + 1)
        for line in lines[1:]:
            self.assertNotRegex(line, r'^"[=+\-@\t\r]')

    def test_excel_file_has_texts_and_neither_formulas_nor_links(self):
        content = self.export("/web/export/xlsx")

        self.assert_no_formula(content)
        self.assertIn("=HYPERLINK(", self.cells(content)[1])

    def test_excel_file_by_groups_likewise(self):
        self.assert_no_formula(self.export("/web/export/xlsx", groupby=["ref"]))

    def test_excel_file_of_a_pivot_table_likewise(self):
        table = {
            "title": "Contacts",
            "model": "res.partner",
            "measure_count": 1,
            "col_group_headers": [
                [{"title": formula, "width": 1, "height": 1} for formula in FORMULAS]
            ],
            "measure_headers": [],
            "rows": [
                {"title": formula, "indent": 0, "values": [{"value": 1, "is_bold": False}]}
                for formula in FORMULAS
            ],
        }

        self.assert_no_formula(self.post("/web/pivot/export_xlsx", table))
