from .setup_case import SetupCase

_TEST = "test_chain_in_"


class ProfileCase(SetupCase):
    """From set-up to proof in one kind of account: in the end Odoo has NetSuite's books.

    ``make test`` lives through eight kinds in which every two choices meet, ``make soak`` through
    all. A test is named after its profile.
    """

    def setUp(self):
        self.profile = self._testMethodName.removeprefix(_TEST)
        super().setUp()
        self.switches = self.simulator.switches()

    def live_through(self):
        """Set up, import, change, apply, unapply, delete, enter again; compare after each day."""
        if not self.switches["multi_currency"]:
            self.env["res.company"].browse(self.company_ids).currency_id = self.env.ref("base.USD")
        self.open_books()
        connection = self.set_up()
        self.live_a_day(connection)
        if "account.sspecacct" in self.switches["missing_columns"]:
            self.allow_deposits(connection)
            self.live_a_day(connection)
        self.assert_all_is_well(connection)

        self.change_books()
        self.live_a_day(connection)
        self.assert_all_is_well(connection)
        again = self.record_of(connection, "invoice", self.entered_again)._target()
        self.assertEqual(again.name, "INV-7001")

    # === WHAT HAPPENS IN NETSUITE === #

    def open_books(self):
        many = self.switches["multi_currency"]
        self.home = self.customer()
        self.abroad = self.customer(
            "Zeeland Kaden",
            subsidiary=self.UK if self.switches["one_world"] else self.US,
            currency=self.EUR if many else self.USD,
        )
        tax = None if self.switches["suite_tax"] else self.SALES_TAX
        self.taxed = self.invoice(self.home, 100, tax=tax)
        self.partial = self.invoice(self.home, 0.5, 80)
        self.mistaken = self.invoice(self.home, 45, tranId="INV-7001")
        self.voided = self.invoice(self.home, 60)
        self.foreign = self.invoice(self.abroad, 33.35, 66.7)
        self.unapplied = self.payment(self.home, 200)
        self.applied = self.payment(self.home, 50, apply={self.partial: 50})
        self.bounced = self.payment(self.home, 12.4, apply={self.taxed: 12.4})
        self.credit = self.credit_memo(self.home, 25, apply={self.partial: 25})
        self.part_payment = self.payment(self.abroad, 40.05, apply={self.foreign: 40.05})
        deposit = self.deposit(self.home, 70)
        self.used = self.apply_deposit(deposit, {self.taxed: 30})
        self.refund(self.home, deposits={deposit: 10})
        memo = self.credit_memo(self.home, 15)
        self.refunded = self.refund(self.home, credits={memo: 15})
        self.owed = self.journal((self.AR, 120, self.home), (self.SALES, -120))
        self.allowed = self.journal((self.AR, -12, self.home), (self.SALES, 12))
        self.simulator.act("apply", payer=self.unapplied, doc=self.owed, doc_line=0, amount=20)
        charge = self.simulator.act("charge", customer=self.home, amount=31)["id"]
        self.payment(self.home, 11, apply={charge: 11})
        self.simulator.act("finance_charge", customer=self.abroad, amount=4.5)
        if self.switches["projects"]:
            self.project = self.simulator.act("job", customer=self.home, name="Pier")["id"]
            self.building = self.invoice(self.project, 90)
            self.payment(self.home, 30, apply={self.building: 30})
        self.later(3600)

    def change_books(self):
        self.later(3600)
        act = self.simulator.act
        act("apply", payer=self.unapplied, doc=self.taxed, amount=40)
        act("unapply", payer=self.unapplied, doc=self.owed, doc_line=0)
        act("apply", payer=self.allowed, payer_line=0, doc=self.owed, doc_line=0, amount=7)
        act("unapply", payer=self.applied, doc=self.partial)
        act("unapply", payer=self.credit, doc=self.partial, amount=5)
        act("unapply", payer=self.part_payment)
        act("apply", payer=self.part_payment, doc=self.foreign, amount=30)
        for document in (self.voided, self.bounced, self.refunded):
            act("void", id=document)
        line = {"item": {"id": self.ITEM}, "quantity": 2, "rate": 41.05}
        body = {"item": {"items": [line]}, "memo": "two of them"}
        act("edit", type="invoice", id=self.partial, body=body, replace=["item"])
        act("edit", type="creditMemo", id=self.credit, body={"memo": "goodwill"})
        act("delete", id=self.used)
        act("delete", id=self.mistaken)
        self.entered_again = self.invoice(self.home, 54, tranId="INV-7001")
        act("charge", customer=self.abroad, amount=8)
        if self.switches["projects"]:
            self.invoice(self.project, 17.5)

    # === WHAT HAPPENS IN ODOO === #

    def set_up(self):
        """Lead the account through the set-up and press Import."""
        setup = self.begin()
        self.sign_in(setup)
        said = {}
        for feature in ("one_world", "multi_currency"):
            if setup[f"asks_{feature}"]:
                said[f"says_{feature}"] = "yes" if self.switches[feature] else "no"
        if said:
            setup.write(said)
            setup.action_test()
        setup.action_next()
        self.map_companies(setup, len(self.company_ids))
        setup.action_accept_suggestions()
        setup.action_next()
        self.assertEqual(setup.step, "preview")
        setup.action_import()
        return setup.connection_id.with_env(self.env)

    def live_a_day(self, connection):
        """Let the crons do what they do in a day."""
        self.drive(connection)
        connection._drive_daily()
        connection._drive_heal()

    def assert_all_is_well(self, connection):
        self.env.invalidate_all()
        self.assertEqual((connection.standing_text, connection.standing), ("Up to date", "good"))
        told = ("NetSuite does not show its deleted records to the integration",)
        hidden = "deletedrecord" in self.switches["missing_tables"]
        self.assert_books_agree(connection, told=told if hidden else ())
