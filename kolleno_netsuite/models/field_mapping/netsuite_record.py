from odoo import fields, models


class NetsuiteRecord(models.Model):
    """Values of mapped fields, as they were last written."""

    _inherit = "netsuite.record"

    field_values = fields.Json(
        groups="kolleno_netsuite.group_netsuite_accountant",
        help="Value of each mapped field when it was last written, by the mapping's ID: only what "
        "NetSuite changed since is written again.",
    )

    # === BUSINESS METHODS === #

    def _overwrite(self):
        super()._overwrite()
        Mapping = self.env["netsuite.field.mapping"]
        for connection, records in self.grouped("connection_id").items():
            mappings = Mapping.search(
                [("connection_id", "=", connection.id), ("destination", "=", "field")]
            )
            keys = {str(mapping.id) for mapping in mappings}
            # sudo: netsuite.record - only the sync keeps what was written
            for record in records.sudo():
                known = record.field_values or {}
                # No value of NetSuite's is an empty text, so whatever comes next is new.
                overwritten = {
                    k: "" for k, value in known.items() if k in keys and value is not None
                }
                if overwritten:
                    record.field_values = {**known, **overwritten}
