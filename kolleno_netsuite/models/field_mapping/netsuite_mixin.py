from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools.misc import format_datetime

from ...mappers.fields import DATE_AND_TIME
from ..connection.hook import hook


class NetsuiteMixin(models.AbstractModel):
    """NetSuite's own fields on the record that mirrors it, without a field in Odoo for each."""

    _inherit = "netsuite.mixin"

    netsuite_attributes = fields.Json(
        string="NetSuite Attributes",
        compute="_compute_netsuite_attributes",
        compute_sudo=True,
        help="NetSuite fields that are mapped to attributes: {field ID: value}.",
    )
    netsuite_attribute_table = fields.Html(
        string="NetSuite Fields", compute="_compute_netsuite_attributes", compute_sudo=True
    )

    @api.depends("netsuite_record_id.field_values")
    def _compute_netsuite_attributes(self):
        sources = self._netsuite_field_sources()
        records = self.env["netsuite.record"].union(*sources.values())
        mappings = self.env["netsuite.field.mapping"].search(
            [
                ("connection_id", "in", records.connection_id.ids),
                ("record_type", "in", list(set(records.mapped("record_type")))),
                ("destination", "=", "attributes"),
            ]
        )
        for mirrored in self:
            record = sources[mirrored]
            known = record.field_values or {}
            own = mappings.filtered(
                lambda mapping, record=record, known=known: (
                    mapping.connection_id == record.connection_id
                    and mapping.record_type == record.record_type
                    and known.get(str(mapping.id)) not in (None, "")
                )
            )
            values = {mapping: known[str(mapping.id)] for mapping in own}
            mirrored.netsuite_attributes = {
                mapping.field_name: value for mapping, value in values.items()
            }
            mirrored.netsuite_attribute_table = values and self._netsuite_field_table(values)

    @hook
    def _netsuite_field_sources(self):
        """Return {record: the `netsuite.record` that its attributes come from}."""
        return {mirrored: mirrored.netsuite_record_id for mirrored in self}

    @api.model
    def _netsuite_field_table(self, values):
        """Return {mapping: value} as a table of label and value."""
        cells = Markup("").join(
            Markup("<tr><th class='w-25 fw-normal text-muted'>%s</th><td>%s</td></tr>")
            % (
                mapping.field_id.name or mapping.field_name,
                self._netsuite_field_words(value, mapping.conversion),
            )
            for mapping, value in values.items()
        )
        return Markup("<table class='table table-sm mt-3'><tbody>%s</tbody></table>") % cells

    @api.model
    def _netsuite_field_words(self, value, conversion):
        if conversion == DATE_AND_TIME:
            return format_datetime(self.env, fields.Datetime.to_datetime(value))
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        return ", ".join(value) if isinstance(value, list) else value
