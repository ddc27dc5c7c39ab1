from odoo import api, fields, models


class NetsuiteRunLine(models.Model):
    """How one record type fared in one run: what was read and booked, or compared and found."""

    _name = "netsuite.run.line"
    _description = "NetSuite Run Line"
    _order = "run_id, sequence, id"

    run_id = fields.Many2one("netsuite.run", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer()
    record_type = fields.Selection(
        lambda self: self.env["netsuite.record"]._selection_record_type(), required=True
    )
    total = fields.Integer(help="Records that NetSuite said there are to read.")
    landed = fields.Integer(help="Records read from NetSuite and stored.")
    unchanged = fields.Integer(help="Read, and unchanged: nothing to book.")
    booked = fields.Integer(help="Records brought in sync: created and updated ones.")
    created = fields.Integer(string="New", help="In Odoo for the first time.")
    updated = fields.Integer(help="In Odoo before, and brought in sync again.")
    blocked = fields.Integer(string="Waiting")
    failed = fields.Integer()
    ignored = fields.Integer(string="Skipped")
    missed = fields.Integer(help="Found by the daily check; the regular reads had missed them.")
    handled = fields.Integer(compute="_compute_handled")

    _type_unique = models.UniqueIndex(
        "(run_id, record_type)", "This record type is already counted in the run."
    )

    compared = fields.Boolean(help="All ids of the type were compared.")
    cursor_id = fields.Integer(
        help="Internal ID up to which the type was compared.", aggregator=None
    )
    changed = fields.Integer(
        help="Changed in NetSuite, or assigned to another customer, without notice."
    )
    vanished = fields.Integer(
        string="No Longer There",
        help=(
            "Here but not in NetSuite's list; each is checked individually before it is cancelled."
        ),
    )

    @api.depends("unchanged", "booked", "blocked", "failed", "ignored")
    def _compute_handled(self):
        for line in self:
            line.handled = line.unchanged + line.booked + line.blocked + line.failed + line.ignored
