from odoo import api, fields, models

from ..record.netsuite_issue import Fix


class NetsuiteIssue(models.Model):
    """Mapped fields that NetSuite does not know, or whose values do not fit."""

    _inherit = "netsuite.issue"

    kind = fields.Selection(
        selection_add=[("field", "Mapped field")], ondelete={"field": "cascade"}
    )

    # === BUSINESS METHODS === #

    @api.model
    def _fixes(self):
        fixes = super()._fixes()
        mapping = Fix(
            self.env._("See the mapping"),
            "_open_field_mapping",
            lambda issue: issue._field_mapping(),
        )
        return {**fixes, "field": [mapping], "column": [mapping, *fixes["column"]]}

    def _open_field_mapping(self):
        return self._open_form("netsuite.field.mapping", self._field_mapping())

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
