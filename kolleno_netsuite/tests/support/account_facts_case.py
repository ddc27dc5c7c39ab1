from .simulator_case import SimulatorCase


class SwitchesCase(SimulatorCase):
    """What nobody can know of a NetSuite account before seeing it: under each choice all agrees.

    The choices are the simulator's switches; each test lives through the same days of business.
    """

    companies = 2

    def live_through(self, **switches):
        """Import, and follow changes of each kind, with the account's facts as given."""
        self.simulator.switches(**switches)
        self.open_books(self.simulator.switches()["one_world"])
        connection = self.connect()
        self.drive(connection)
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

        self.change_books()
        self.drive(connection)
        self.env["netsuite.proof"]._prove(connection)
        connection._drive_heal()

        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def open_books(self, one_world):
        abroad = {"subsidiary": self.UK, "currency": self.EUR} if one_world else {}
        self.home = self.customer()
        self.abroad = self.customer(name="Zeeland Kaden", **abroad)
        line = {"item": {"id": self.ITEM}, "quantity": 3, "rate": 33.35}
        self.settled = self.invoice(self.home, 100, tax=self.SALES_TAX)
        self.partial = self.invoice(self.home, 0.5, 80)
        self.voided = self.invoice(self.home, 60)
        self.foreign = self._create(
            "invoice",
            entity={"id": self.abroad},
            tranDate=self.day(40),
            item={"items": [line]},
        )
        self.unapplied = self.payment(self.home, 200)
        self.applied = self.payment(self.home, 50, apply={self.partial: 50})
        self.credit = self.credit_memo(self.home, 25, apply={self.partial: 25})
        self.part_payment = self.payment(self.abroad, 40.05, apply={self.foreign: 40.05})

    def change_books(self):
        self.later(3600)
        act = self.simulator.act
        act("apply", payer=self.unapplied, doc=self.settled, amount=90)
        act("unapply", payer=self.applied, doc=self.partial)
        act("unapply", payer=self.credit, doc=self.partial, amount=5)
        act("unapply", payer=self.part_payment)
        act("apply", payer=self.part_payment, doc=self.foreign, amount=30)
        act("void", id=self.voided)
        act("edit", type="creditMemo", id=self.credit, body={"memo": "goodwill"})
        self.payment(self.home, 0.75, apply={self.partial: 0.75})
        self.invoice(self.abroad, 12.34)
