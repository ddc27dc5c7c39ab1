from odoo import fields, models


class NetsuiteLeftOut(models.Model):
    """What a customer who is not mirrored has open in NetSuite, so that nobody misses it.

    Written by each comparison, for the subsidiaries that are mapped: what belongs to others
    would not be in Odoo in any case.
    """

    _name = "netsuite.left.out"
    _description = "NetSuite Amount Not Synced"
    _order = "connection_id, reason, customer_name, currency_name, id"
    _rec_name = "customer_name"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", index=True, ondelete="cascade")
    customer_internal_id = fields.Integer(
        string="NetSuite Customer", required=True, aggregator=None
    )
    customer_name = fields.Char(string="Customer")
    reason = fields.Selection(
        [
            ("intercompany", "Intercompany"),
            ("excluded", "Exclusion list"),
            ("inactive", "Inactive customer"),
            ("lead", "Lead or prospect"),
            ("primary", "Other primary subsidiary"),
        ],
        required=True,
    )
    currency_id = fields.Many2one("res.currency")
    currency_name = fields.Char(string="Currency Code", required=True)
    netsuite_open = fields.Monetary(
        string="NetSuite Open", help="Open invoices minus unapplied payments and credits."
    )
    netsuite_documents = fields.Integer(string="Open Documents in NetSuite")
    odoo_open = fields.Monetary(
        string="Still Open in Odoo",
        help="For documents that were booked before the customer was excluded.",
    )
    as_of = fields.Datetime(required=True)
