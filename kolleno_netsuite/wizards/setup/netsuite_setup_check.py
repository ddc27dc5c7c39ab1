from odoo import fields, models


class NetsuiteSetupCheck(models.Model):
    """One thing that the role has to be able to do, and whether it can."""

    _name = "netsuite.setup.check"
    _description = "NetSuite Set-up Check"
    _order = "setup_id, sequence, id"

    setup_id = fields.Many2one("netsuite.setup", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer()
    name = fields.Char(required=True)
    state = fields.Selection(
        [
            ("failed", "Failed"),
            ("missing", "Missing"),
            ("ok", "OK"),
            ("not_needed", "Not needed"),
        ],
        required=True,
        help="Missing: NetSuite refuses it to the role. Failed: it was refused, or not answered, "
        "for another reason, which the line says.",
    )
    is_required = fields.Boolean(help="Without it nothing can be imported.")
    purpose = fields.Char(string="Needed For")
    place = fields.Char(string="What to Do in NetSuite")
    detail = fields.Char(string="NetSuite's Answer")
