import tempfile
from pathlib import Path

from odoo.tests import tagged
from odoo.tools import SQL

from ..support.crash_case import CrashCase
from ..support.mail_sink import running_mail_sink

# Modules that a plain Odoo installs by itself beside accounting, and that take part in sending.
BESIDE_ACCOUNTING = {"account_edi_ubl_cii", "account_payment", "snailmail_account"}


@tagged("post_install", "-at_install")
class TestMailOutsideTests(CrashCase):
    """Mails and prints in Odoo as it is installed, without what it does otherwise in tests.

    Odoo's modules embed e-invoices, merge files, commit and mail only where no test runs, so
    this is done in a process of its own, and what counts is what a mail server gets.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mails = cls.enterClassContext(running_mail_sink())
        cls.simulator.switches(document_restlet=True)
        assert cls.work({"act": "mail_server", "values": {"port": cls.mails.port}}) == [0]

    def setUp(self):
        super().setUp()
        self.addCleanup(self.simulator.clear_faults)
        self.address = f"{self._testMethodName}@harbour.example"
        self.harbour = self.customer(name=f"{self._testMethodName} by mail", email=self.address)

    def mirrored(self, number):
        """Let NetSuite have so many invoices, import them, and return the ids of the documents."""
        invoices = [int(self.invoice(self.harbour, 10 + each)) for each in range(number)]
        self.later()
        self.assertEqual(self.drive({}), [0])
        found = self.rows(
            SQL(
                """SELECT move.id FROM account_move move
                   JOIN netsuite_record record ON record.id = move.netsuite_record_id
                   WHERE record.internal_id IN %s ORDER BY record.internal_id""",
                tuple(invoices),
            )
        )
        self.assertEqual(len(found), number)
        return [move_id for (move_id,) in found]

    def send(self, moves):
        self.assertEqual(self.work({"act": "send", "values": {"moves": moves}}), [0])

    def printed(self, moves):
        """Return what the Print button gives of documents: a file, or what is said instead."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "printed"
            job = {"act": "print_documents", "values": {"moves": moves, "file": str(file)}}
            self.assertEqual(self.work(job), [0])
            return file.read_bytes()

    def notes(self, moves):
        found = self.rows(
            SQL(
                "SELECT body FROM mail_message WHERE model = 'account.move' AND res_id IN %s",
                tuple(moves),
            )
        )
        return " ".join(body or "" for (body,) in found)

    def assert_mailed(self, *numbers_of_files):
        """Fail unless so many mails came, with so many files each, all of them PDFs."""
        mails = self.mails.to(self.address)
        self.assertEqual([len(mail) for mail in mails], list(numbers_of_files))
        for contents in (contents for mail in mails for contents in mail.values()):
            self.assertTrue(contents.startswith(b"%PDF-"), contents[:40])

    def test_modules_that_come_with_accounting_are_here(self):
        names = self.rows("SELECT name FROM ir_module_module WHERE state = 'installed'")

        self.assertLessEqual(BESIDE_ACCOUNTING, {name for (name,) in names})

    def test_mails_and_prints_carry_netsuite_s_pdf(self):
        one, *two = self.mirrored(3)

        self.send([one])
        self.send(two)

        self.assert_mailed(1, 1, 1)
        self.assertNotIn("Sent without", self.notes([one, *two]))
        single = self.printed([one])
        self.assertTrue(single.startswith(b"%PDF-"))
        self.assertIn(single, [next(iter(mail.values())) for mail in self.mails.to(self.address)])
        together = self.printed([one, *two])
        self.assertTrue(together.startswith(b"%PDF-"))
        self.assertGreater(len(together), len(single))

    def test_mails_go_without_a_pdf_that_cannot_be_had_and_prints_say_why(self):
        one, *two = self.mirrored(3)
        self.simulator.fault("permission_files", times=None)

        self.send([one])
        self.send(two)

        self.assert_mailed(0, 0, 0)
        self.assertEqual(self.notes([one, *two]).count("Sent without the PDF"), 3)
        self.assertIn(b"Documents and Files", self.printed([one]))
        sent = self.rows(
            SQL("SELECT is_move_sent, sending_data FROM account_move WHERE id IN %s", (one, *two))
        )
        self.assertEqual(set(sent), {(True, None)})

    def test_mails_go_while_netsuite_is_down_with_what_was_fetched_before(self):
        one, fetched, *two = self.mirrored(4)
        self.printed([fetched])
        self.simulator.fault("503", times=None)

        self.send([one])
        self.send([fetched, *two])

        self.assert_mailed(0, 1, 0, 0)
        self.assertEqual(self.notes([one, *two]).count("Sent without the PDF"), 3)
        self.assertTrue(self.printed([fetched]).startswith(b"%PDF-"))
        self.assertNotIn(b"%PDF-", self.printed([one]))
