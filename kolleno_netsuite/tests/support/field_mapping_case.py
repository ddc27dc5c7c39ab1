from .simulator_case import SimulatorCase


class FieldMappingCase(SimulatorCase):
    """A connection whose fields are mapped."""

    # Settings of the connection.
    settings = {}

    def prepare(self):
        super().prepare()
        self.connection = self.connect(**self.settings)

    # === ARRANGING === #

    def odoo_field(self, name, model="account.move"):
        return self.env["ir.model.fields"]._get(model, name)

    def studio_field(self, name, ttype):
        """Add a field to invoices, as Studio does."""
        self.env["ir.model.fields"].create(
            {
                "name": name,
                "field_description": name,
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "ttype": ttype,
            }
        )

    def map(self, field_name, target=None, record_type="invoice", **values):
        """Map a NetSuite field to an Odoo field; to the attributes without `target`."""
        model = {
            "customer": "res.partner",
            "contact": "res.partner",
            "customerpayment": "account.payment",
        }
        odoo_field = target and self.odoo_field(target, model.get(record_type, "account.move"))
        return self.env["netsuite.field.mapping"].create(
            {
                "connection_id": self.connection.id,
                "record_type": record_type,
                "field_name": field_name,
                "destination": "field" if target else "attributes",
                "odoo_field_id": odoo_field.id if target else False,
                **values,
            }
        )

    def edit(self, internal_id, type="invoice", **body):
        self.simulator.act("edit", type=type, id=internal_id, body=body)

    def mirror(self, internal_id, record_type="invoice"):
        return self.record_of(self.connection, record_type, internal_id)._target()
