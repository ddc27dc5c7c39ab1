from odoo import api, fields, models


class NetsuiteApplication(models.Model):
    """One link of NetSuite: this payment or credit memo pays so much of that invoice."""

    _name = "netsuite.application"
    _description = "NetSuite Application"
    _inherit = "netsuite.state.machine"
    _order = "paying_record_id, invoice_internal_id"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    paying_record_id = fields.Many2one(
        "netsuite.record", required=True, index=True, ondelete="cascade"
    )
    paying_line = fields.Integer(aggregator=None)
    invoice_internal_id = fields.Integer(required=True, aggregator=None)
    invoice_line = fields.Integer(aggregator=None)
    invoice_record_id = fields.Many2one("netsuite.record", index=True, ondelete="set null")
    currency_id = fields.Many2one("res.currency")
    amount = fields.Monetary(help="Applied amount in the currency of the documents, positive.")
    state = fields.Selection(
        [("waiting", "Waiting"), ("applied", "Applied")],
        transitions={"waiting": {"waiting", "applied"}, "applied": {"waiting"}},
        required=True,
        default="waiting",
    )
    next_try = fields.Datetime(
        help="When it is tried again, after Odoo could not make it as NetSuite has it."
    )
    partial_ids = fields.Many2many("account.partial.reconcile", string="Reconciliations")

    _link_unique = models.UniqueIndex(
        "(paying_record_id, paying_line, invoice_internal_id, invoice_line)",
        "This application is already recorded.",
    )
    _waiting_index = models.Index("(connection_id, invoice_internal_id) WHERE state = 'waiting'")

    # === BUSINESS METHODS === #

    @api.model
    def _take_up_undone(self, connection):
        """Let those wait again whose reconciliation someone deleted in Odoo.

        A customer's sums can agree all the same, so the proof would not tell; NetSuite still has
        the payment applied, and so has Odoo again or an issue says what is in the way.
        """
        undone = self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "applied"),
                ("partial_ids", "=", False),
            ]
        )
        undone._advance("waiting", next_try=False)
        if undone:
            connection._trigger_cron("book")
