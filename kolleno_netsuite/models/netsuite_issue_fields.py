from odoo import api, fields, models


class NetsuiteIssue(models.Model):
    """Mapped fields that NetSuite does not know, or whose values do not fit."""

    _inherit = "netsuite.issue"

    kind = fields.Selection(
        selection_add=[("field", "Mapped field")], ondelete={"field": "cascade"}
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "state", "record_count")
    def _compute_fix_label(self):
        super()._compute_fix_label()
        for issue in self.filtered(lambda issue: issue.state != "solved"):
            if issue._field_mapping():
                issue.fix_label = self.env._("See the mapping")

    # === ACTION METHODS === #

    def action_fix(self):
        self.ensure_one()
        mapping = self._field_mapping()
        if mapping:
            return self._open_form("netsuite.field.mapping", mapping)
        return super().action_fix()

    # === BUSINESS METHODS === #

    def _field_mapping(self):
        """Return the field mapping that an issue is about, empty when it is about none."""
        Mapping = self.env["netsuite.field.mapping"].with_context(active_test=False)
        if self.kind == "field":
            return Mapping.browse(self._key_number(1)).exists()
        if self.kind != "column":
            return Mapping
        _column, record_type, name = self._key_parts()
        mappings = Mapping.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("record_type", "=", record_type),
                ("state", "=", "invalid"),
            ]
        )
        return mappings.filtered(
            lambda mapping: name in (mapping.field_name.lower(), mapping._alias())
        )[:1]
