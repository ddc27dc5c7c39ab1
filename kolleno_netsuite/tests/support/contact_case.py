from .simulator_case import SimulatorCase

PAYABLE, PURCHASING = 2, 3  # the simulator's contact roles


class ContactCase(SimulatorCase):
    """Contacts in NetSuite, in short words, and what became of them in Odoo."""

    def contact(self, company=None, first="Ann", last="Lee", email="ann@quay.example", **body):
        """Create a contact in NetSuite; return its internal id."""
        body = {"firstName": first, "lastName": last, "email": email, **body}
        if company:
            body["company"] = {"id": company}
        return self._create("contact", **body)

    def edit(self, type, internal_id, **body):
        """Change a record in NetSuite; the change settles."""
        self.later(60)
        self.simulator.act("edit", type=type, id=internal_id, body=body)

    def rule(self, connection, field_id, record_type="invoice", **values):
        """Let an e-mail field make contacts; return its rule."""
        values |= {"record_type": record_type, "field_id": field_id}
        return self.env["netsuite.contact.field"].create({**values, "connection_id": connection.id})

    def partner(self, connection, customer):
        """Return the partner of a customer."""
        return self.record_of(connection, "customer", customer)._target()

    def people(self, connection, customer, source=None):
        """Return the `netsuite.contact` rows of a customer, also of archived people."""
        domain = [("connection_id", "=", connection.id), ("customer_internal_id", "=", customer)]
        domain += [("source", "=", source)] if source else []
        return self.env["netsuite.contact"].search(domain, order="netsuite_source_id")

    def move(self, connection, invoice):
        """Return the Odoo invoice of an invoice."""
        return self.record_of(connection, "invoice", invoice)._target()

    def requests_for(self, text):
        """Return the calls whose body mentions `text`."""
        return [call for call in self.simulator.requests() if text in str(call["body"])]
