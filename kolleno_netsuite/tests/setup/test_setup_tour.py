"""A new account from the empty overview to its first import, in a browser."""

import json
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from netsuite_simulator.testing import running_simulator

from ..support.netsuite_builders import LoopbackCase, NetsuiteBuilders

# Key algorithms that NetSuite takes for the RSA keys which the set-up makes.
ALGORITHMS = ("PS256", "PS384", "PS512")


@tagged("post_install", "-at_install")
class TestSetupTour(NetsuiteBuilders, LoopbackCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Lantern Works", "currency_id": cls.env.ref("base.USD").id}
        )
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        new_test_user(
            cls.env,
            login="netsuite_set_up",
            groups="base.group_system,account.group_account_manager,"
            "kolleno_netsuite.group_netsuite_administrator",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.simulator = self.enterContext(running_simulator())

    def walk(self, tour, **handed_over):
        """Let a person walk through the screens, who knows what NetSuite shows."""
        code = f"odoo.netsuiteSimulator = {json.dumps(handed_over)}; odoo.startTour({tour!r}, {{}})"
        # The service address is a field for developers.
        self.start_tour(
            "/odoo/netsuite?debug=1", tour, code=code, login="netsuite_set_up", timeout=600
        )
        self.env.invalidate_all()

    def upload(self, certificate_pem):
        """Let NetSuite know the certificate, as its administrator uploads it."""
        certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
        public_key = certificate.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        credentials = self.simulator.account.credentials
        credentials.m2m = replace(
            credentials.m2m, public_key_pem=public_key.decode(), algorithms=ALGORITHMS
        )
        return credentials.m2m

    def test_administrator_sets_an_account_up_leaves_and_goes_on_to_the_import(self):
        invoice = self.invoice(self.customer(), 100)
        self.payment(self.customer("Quay"), 40)
        self.later()

        self.walk(
            "kolleno_netsuite_setup_begin",
            address=f"https://{self.simulator.account_id.lower().replace('_', '-')}"
            ".app.netsuite.com/app/center/card.nl",
            base_url=self.simulator.base_url,
        )
        setup = self.env["netsuite.setup"].search([])
        self.assertEqual((len(setup), setup.step), (1, "sign_in"))
        m2m = self.upload(setup.certificate)
        self.walk(
            "kolleno_netsuite_setup_end",
            client_id=m2m.client_id,
            certificate_id=m2m.certificate_id,
        )

        connection = setup.connection_id
        self.assertEqual(connection.state, "connected")
        self.assertTrue(connection.history_start)
        self.assertEqual(connection.running_run_id.kind, "first")
        invoices = setup.line_ids.filtered(lambda line: line.record_type == "invoice")
        self.assertEqual((invoices.total, invoices.to_create), (1, 1))
        self.assertFalse(self.env["netsuite.record"].search([("internal_id", "=", int(invoice))]))
