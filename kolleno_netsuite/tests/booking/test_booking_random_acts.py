import random

from odoo.tests import tagged

from ..support.examples import seeds
from ..support.simulator_case import SimulatorCase

SEEDS = seeds(1, 7)
ROUNDS = 4
ACTS_PER_ROUND = 15
ACTS = {"invoice", "payment", "memo", "apply", "unapply", "edit", "void"}


@tagged("post_install", "-at_install")
class TestBookingRandomActs(SimulatorCase):
    """Whatever people do in NetSuite, in whatever order: Odoo ends with the same open amounts."""

    def test_any_sequence_of_acts_ends_in_step(self):
        connection = self.connect()
        for seed in SEEDS:
            # Repeatable by its seed, which the message of a failure names.
            people = People(self, random.Random(seed))
            for number in range(ROUNDS):
                for _act in range(ACTS_PER_ROUND):
                    people.act()
                with self.subTest(seed=seed, round=number, acts=people.log):
                    self.drive(connection)
                    self.assertFalse(self.open_issues(connection).mapped("title"))
                    self.assert_in_step(connection)
                    self.assert_company_amounts(connection)
            # The acts came about: nothing would be proved by refusals.
            self.assertLessEqual(ACTS, set(people.log), f"seed {seed}: {people.log}")

    def assert_company_amounts(self, connection):
        """Fail unless each open document has NetSuite's open amount in company currency."""
        documents = self.simulator.ledger(documents=True)["documents"]
        records = {
            record.internal_id: record
            for record in self.env["netsuite.record"].search(
                [("connection_id", "=", connection.id), ("res_id", "!=", False)]
            )
            if record.record_type in ("invoice", "creditmemo", "customerpayment")
        }
        for document in documents:
            record = records.get(int(document["id"]))
            if record and record.state == "booked" and not document["voided"]:
                entry = record._target()
                entry = entry.move_id if entry._name == "account.payment" else entry
                lines = entry.line_ids.filtered(
                    lambda line: line.account_id.account_type == "asset_receivable"
                )
                self.assertAlmostEqual(
                    abs(sum(lines.mapped("amount_residual"))),
                    abs(float(document["open_base"])),
                    places=2,
                    msg=f"{record.record_type} {document['tranid']}",
                )


class People:
    """People who work in NetSuite, at random but repeatably."""

    def __init__(self, case, chance):
        self.case = case
        self.chance = chance
        self.log = []
        self.customers = [case.customer(f"Customer {chance.random()}") for _number in range(3)]
        self.currencies = (case.USD, case.EUR)
        self.invoices = []
        self.payers = []

    def act(self):
        """Do one thing; what NetSuite refuses is refused."""
        name = self.chance.choice((*sorted(ACTS), "invoice", "apply"))
        try:
            getattr(self, name)()
        except (ValueError, IndexError) as refusal:
            self.log.append(f"{name} refused: {refusal}")
        else:
            self.log.append(name)

    def _document(self):
        currency = self.chance.choice(self.currencies)
        rate = 1 if currency == self.case.USD else round(self.chance.uniform(0.8, 1.4), 4)
        return {"currency": {"id": currency}, "exchangeRate": rate}

    def _amounts(self):
        count = self.chance.randint(1, 4)
        return [round(self.chance.uniform(0.01, 500), 2) for _number in range(count)]

    def invoice(self):
        customer, document = self.chance.choice(self.customers), self._document()
        created = self.case.invoice(customer, *self._amounts(), **document)
        self.invoices.append((created, customer, document["currency"]["id"]))

    def payment(self):
        customer, document = self.chance.choice(self.customers), self._document()
        created = self.case.payment(customer, self._amounts()[0], **document)
        self.payers.append((created, customer, document["currency"]["id"]))

    def memo(self):
        customer, document = self.chance.choice(self.customers), self._document()
        created = self.case.credit_memo(customer, *self._amounts(), **document)
        self.payers.append((created, customer, document["currency"]["id"]))

    def apply(self):
        payer, customer, currency = self.chance.choice(self.payers)
        fitting = [i for i, owner, money in self.invoices if (owner, money) == (customer, currency)]
        part = (
            {"amount": round(self.chance.uniform(0.01, 60), 2)}
            if self.chance.random() < 0.7
            else {}
        )
        self.case.simulator.act("apply", payer=payer, doc=self.chance.choice(fitting), **part)

    def unapply(self):
        self.case.simulator.act("unapply", payer=self.chance.choice(self.payers)[0])

    def edit(self):
        invoice = self.chance.choice(self.invoices)[0]
        lines = [
            {"item": {"id": self.case.ITEM}, "quantity": 1, "rate": amount}
            for amount in self._amounts()
        ]
        body = {"item": {"items": lines}, "memo": f"changed {self.chance.random()}"}
        self.case.simulator.act("edit", type="invoice", id=invoice, body=body, replace=["item"])

    def void(self):
        chosen = self.chance.choice(self.chance.choice((self.invoices, self.payers)))
        self.case.simulator.act("void", id=chosen[0])
