from odoo import fields, models


class NetsuiteRecord(models.Model):
    """Values of mapped fields, as they were last written."""

    _inherit = "netsuite.record"

    field_values = fields.Json(
        groups="kolleno_netsuite.group_netsuite_accountant",
        help="Value of each mapped field when it was last written, by the mapping's ID: only what "
        "NetSuite changed since is written again.",
    )
