from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ...client.suiteql import field_id_fault


class NetsuiteContactField(models.Model):
    """An e-mail field of NetSuite's customers or invoices, and what its addresses stand for."""

    _name = "netsuite.contact.field"
    _description = "NetSuite E-mail Field"
    _order = "connection_id, record_type desc, sequence, id"
    _rec_name = "field_id"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    record_type = fields.Selection(
        [("customer", "Customer"), ("invoice", "Invoice")], required=True, default="invoice"
    )
    field_id = fields.Char(
        string="Field ID",
        required=True,
        help="NetSuite's ID of the field: email, altemail, custentity_… of a customer, "
        "custbody… of an invoice. It may hold several addresses.",
    )
    label = fields.Char(help="What the field is called on NetSuite's form.")
    position = fields.Char(
        help="Position that the contacts of this field get, for example Billing or Site office."
    )
    link_to_invoice = fields.Boolean(
        string="Link to Invoice",
        default=True,
        help="The contact in this field becomes a recipient of that invoice.",
    )
    name_field_id = fields.Char(
        string="Name Field ID",
        help="Invoice field that holds the contact's name; if it is empty, the part before the "
        "@ is used.",
    )
    contact_ids = fields.One2many("netsuite.contact", "rule_id")
    contact_count = fields.Integer(compute="_compute_contact_count", aggregator=None)

    _field_unique = models.UniqueIndex(
        "(connection_id, record_type, field_id)", "This field is already in the list."
    )

    # === COMPUTE AND CONSTRAINT METHODS === #

    @api.depends("contact_ids")
    def _compute_contact_count(self):
        counts = dict(
            self.env["netsuite.contact"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for field in self:
            field.contact_count = counts.get(field._origin, 0)

    @api.constrains("field_id", "name_field_id")
    def _check_field_ids(self):
        for field in self:
            for field_id in filter(None, (field.field_id, field.name_field_id)):
                sentence = field.connection_id._field_id_sentence(field_id)
                if sentence:
                    raise ValidationError(sentence)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create([self._normalised(vals) for vals in vals_list])
        rules._take_effect()
        return rules

    def write(self, vals):
        if {"field_id", "name_field_id", "active"} & set(vals):
            self._solve_unaskable()
        result = super().write(self._normalised(vals))
        if set(vals) - {"sequence", "label"}:
            self._take_effect()
        return result

    def unlink(self):
        # Nobody would hear of what NetSuite changes there, so nothing is sent there any more.
        # sudo: netsuite.contact - its links are the sync's
        linked = self.sudo().contact_ids.filtered("move_ids")
        linked.move_ids = [Command.clear()]
        return super().unlink()

    @api.model
    def _normalised(self, vals):
        """Return `vals` with field IDs in SuiteQL's spelling: lower case, without blanks."""
        return {
            name: value.strip().lower()
            if name in ("field_id", "name_field_id") and value
            else value
            for name, value in vals.items()
        }

    # === BUSINESS METHODS === #

    def _take_effect(self):
        """Read what these fields need and book the contacts of what is here already."""
        for connection, rules in self.grouped("connection_id").items():
            for record_type, group in rules.grouped("record_type").items():
                connection._contact_fields_changed(record_type, group._columns())

    def _unaskable_keys(self):
        """Return {key of an issue: field ID} of what no query can ask for."""
        return {
            f"column:{rule.record_type}:{name}": name
            for rule in self
            for name in rule._columns()
            if field_id_fault(name)
        }

    def _list_unaskable(self):
        """List the field IDs in Issues that no query can name; what they stand for is not read.

        They were stored before they were checked, or by other means than a form.
        """
        for key, name in self._unaskable_keys().items():
            self.env["netsuite.issue"]._touch(
                self.connection_id,
                "column",
                key,
                self.env._("The e-mail field %s cannot be read from NetSuite", name[:64]),
                self.env._(
                    "%s Everything else goes on. Correct the field ID in the connection's "
                    "settings under Contacts.",
                    self.connection_id._field_id_sentence(name),
                ),
                severity="1",
            )

    def _solve_unaskable(self):
        """Close the issues of these rules' field IDs: they are about to change."""
        keys = list(self._unaskable_keys())
        if keys:
            # sudo: netsuite.issue - only the sync writes them
            issues = self.env["netsuite.issue"].sudo()
            issues.search(
                [
                    ("connection_id", "in", self.connection_id.ids),
                    ("key", "in", keys),
                    ("state", "!=", "solved"),
                ]
            )._solve()

    def _columns(self):
        """Return NetSuite's names of all fields that these rules read."""
        names = [*self.mapped("field_id"), *self.mapped("name_field_id")]
        return list(dict.fromkeys(filter(None, names)))
