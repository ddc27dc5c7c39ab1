from .simulator_case import SimulatorCase

QUERY = "/services/rest/query/v1/suiteql"


class DeletionCase(SimulatorCase):
    """A customer with an invoice paid in two ways, an open one, and one without any."""

    def prepare(self):
        super().prepare()
        self.owner = self.customer()
        self.unused = self.customer("Never Billed")
        self.paid = self.invoice(self.owner, 100)
        self.open = self.invoice(self.owner, 40)
        self.settling = self.payment(self.owner, 60, apply={self.paid: 60})
        self.memo = self.credit_memo(self.owner, 40, apply={self.paid: 40})
        self.connection = self.connect()
        self.drive(self.connection)

    # === ARRANGING === #

    def target(self, record_type, internal_id):
        return self.record_of(self.connection, record_type, internal_id)._target()

    def employee(self):
        """Return the internal id of the one employee of the simulated account."""
        with self.simulator.account.ledger.books.session() as con:
            return con.execute("SELECT id FROM employee").fetchone()[0]

    def pretend_deleted(self, record_type, internal_id, name="Something"):
        """Let NetSuite list a deletion of another type, or of a name that lives on."""
        with self.simulator.account.ledger.books.session() as con:
            con.execute(
                "INSERT INTO _deletedrecord (type, recordid, name, deleteddate, context)"
                " VALUES (?, ?, ?, ?, 'UIF')",
                [
                    record_type.lower(),
                    internal_id,
                    name,
                    self.simulator.account.ledger.books.stamp(),
                ],
            )

    def deletion_calls(self):
        return [
            call
            for call in self.simulator.requests()
            if call["path"] == QUERY and "deletedrecord" in call["body"]
        ]
