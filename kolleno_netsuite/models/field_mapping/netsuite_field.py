from odoo import api, fields, models

from ...client.metadata import KINDS
from .field_target import mapped_types


class NetsuiteField(models.Model):
    """One field that a record type has in a NetSuite account, as its metadata catalog says."""

    _name = "netsuite.field"
    _description = "NetSuite Field"
    _order = "connection_id, record_type, is_custom desc, name, id"
    _rec_names_search = ["name", "field_id"]

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade", readonly=True
    )
    record_type = fields.Selection("_selection_record_type", required=True, readonly=True)
    field_id = fields.Char(
        string="Field ID",
        required=True,
        readonly=True,
        help="NetSuite's own ID of the field, as its Field Help shows it.",
    )
    name = fields.Char(
        string="Label", required=True, readonly=True, help="What NetSuite's form calls the field."
    )
    kind = fields.Selection("_selection_kind", string="Type", required=True, readonly=True)
    target = fields.Char(
        string="Refers to", readonly=True, help="Record type that a list field refers to."
    )
    is_custom = fields.Boolean(
        string="Custom", readonly=True, help="The account made this field itself."
    )
    is_searchable = fields.Boolean(
        string="Searchable", readonly=True, help="NetSuite can search by this field."
    )
    is_readonly = fields.Boolean(string="Read-only in NetSuite", readonly=True)
    active = fields.Boolean(
        default=True, readonly=True, help="Archived: the catalog no longer shows the field."
    )
    mapping_ids = fields.One2many("netsuite.field.mapping", "field_id")
    is_mapped = fields.Boolean(compute="_compute_is_mapped", search="_search_is_mapped")

    _field_unique = models.UniqueIndex(
        "(connection_id, record_type, lower(field_id))", "This field is already in the catalogue."
    )

    @api.model
    def _selection_record_type(self):
        labels = self.env["netsuite.record"]._record_type_labels()
        return [(record_type, labels[record_type]) for record_type in mapped_types()]

    @api.model
    def _selection_kind(self):
        labels = {
            "text": self.env._("Text"),
            "integer": self.env._("Whole number"),
            "number": self.env._("Number"),
            "boolean": self.env._("Check box"),
            "date": self.env._("Date"),
            "datetime": self.env._("Date and time"),
            "list": self.env._("List or record"),
            "multi": self.env._("Multiple select"),
        }
        return [(kind, labels[kind]) for kind in KINDS]

    # === COMPUTE METHODS === #

    @api.depends("name", "field_id")
    def _compute_display_name(self):
        for field in self:
            field.display_name = f"{field.name} ({field.field_id})"

    @api.depends("mapping_ids")
    def _compute_is_mapped(self):
        for field in self:
            field.is_mapped = bool(field.mapping_ids)

    @api.model
    def _search_is_mapped(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("mapping_ids", "!=" if True in value else "=", False)]

    # === ACTION METHODS === #

    def action_map(self):
        """Open a new mapping of this field."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Map %s", self.name),
            "res_model": "netsuite.field.mapping",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_connection_id": self.connection_id.id,
                "default_record_type": self.record_type,
                "default_field_id": self.id,
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def _find(self, connection, record_type, field_id):
        """Return the catalogue's field of this field ID, whatever its spelling; or none."""
        return self.search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record_type),
                ("field_id", "=ilike", (field_id or "").replace("_", r"\_")),
            ],
            limit=1,
        )

    @api.model
    def _store(self, connection, record_type, found):
        """Bring the catalogue of one record type in sync with NetSuite's.

        Fields that are gone are archived, so that their mappings keep their label.

        :param found: ``[client.metadata.FieldInfo]``.
        :return: number of fields that NetSuite has.
        """
        known = {
            field.field_id.lower(): field
            for field in self.with_context(active_test=False).search(
                [("connection_id", "=", connection.id), ("record_type", "=", record_type)]
            )
        }
        new = []
        for info in {info.field_id.lower(): info for info in found}.values():
            values = {
                "field_id": info.field_id,
                "name": info.label,
                "kind": info.kind,
                "target": info.target or False,
                "is_custom": info.custom,
                "is_searchable": info.searchable,
                "is_readonly": not info.writable,
                "active": True,
            }
            field = known.pop(info.field_id.lower(), None)
            if field is None:
                new.append({**values, "connection_id": connection.id, "record_type": record_type})
                continue
            changes = {name: value for name, value in values.items() if field[name] != value}
            if changes:
                field.write(changes)
        self.create(new)
        gone = self.union(*known.values()).filtered("active")
        gone.active = False
        return len({info.field_id.lower() for info in found})
