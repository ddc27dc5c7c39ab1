from odoo import api, fields, models

from ...mappers.queries.completeness import (
    BEFORE_START,
    EXCLUDED,
    HIDDEN,
    INSIDE,
    MIRRORED,
    NOT_MIRRORED,
    OTHER_ENTITY,
    REVALUATION,
    UNMAPPED,
    WITHOUT_CUSTOMER,
)
from ...mappers.queries.transaction_types import record_type_of


class NetsuiteCompleteness(models.Model):
    """What one type of NetSuite's transactions posts on one receivable account in one period.

    Together they are the account's whole balance in NetSuite: what is mirrored, what is not, what
    a rule leaves out, and what no customer owes. The reconciliation of customers knows the first
    only.
    """

    _name = "netsuite.completeness"
    _description = "NetSuite Receivables by Type"
    _order = "connection_id, sequence, type_code, account_name, first_date desc, id"
    _rec_name = "type_name"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    category = fields.Selection(
        [
            (NOT_MIRRORED, "Not mirrored"),
            (HIDDEN, "Not shown by NetSuite"),
            (WITHOUT_CUSTOMER, "Without a customer"),
            (OTHER_ENTITY, "Of a vendor, an employee or others"),
            (REVALUATION, "Currency revaluation"),
            (INSIDE, "Kept back inside documents"),
            (UNMAPPED, "Of a subsidiary without a company"),
            (EXCLUDED, "Excluded by a rule"),
            (BEFORE_START, "Before the start of the history"),
            (MIRRORED, "Mirrored"),
        ],
        string="What Becomes of It",
        required=True,
    )
    type_code = fields.Char(string="NetSuite Type", required=True)
    type_name = fields.Char(string="Type", compute="_compute_type_name")
    explanation = fields.Char(compute="_compute_explanation")
    account_internal_id = fields.Integer(aggregator=None)
    account_name = fields.Char(string="NetSuite Account")
    subsidiary_internal_id = fields.Integer(aggregator=None)
    subsidiary_name = fields.Char(string="Subsidiary")
    period = fields.Char(
        string="NetSuite Period",
        help="Internal ID of the posting period; the month of the date, as 2026-11, where "
        "NetSuite does not show its periods.",
    )
    period_name = fields.Char(string="Period")
    company_id = fields.Many2one("res.company")
    currency_id = fields.Many2one("res.currency")
    documents = fields.Integer(string="Transactions")
    amount = fields.Monetary(
        string="On Receivables",
        help="Debits minus credits on the account, in the subsidiary's own currency and of "
        "NetSuite's primary accounting book. All lines of an account are its balance.",
    )
    first_date = fields.Date(string="From")
    last_date = fields.Date(string="To")
    as_of = fields.Datetime(required=True)

    # === COMPUTE METHODS === #

    @api.depends("type_code", "category")
    def _compute_type_name(self):
        labels = self.env["netsuite.record"]._record_type_labels()
        own_words = {
            REVALUATION: self.env._("Currency revaluations"),
            HIDDEN: self.env._("Not shown"),
        }
        for row in self:
            known = own_words.get(row.category) or labels.get(record_type_of(row.type_code))
            own = known and record_type_of(row.type_code) == "customtransaction"
            row.type_name = f"{known} ({row.type_code})" if own else known or row.type_code

    @api.depends("category")
    def _compute_explanation(self):
        words = {
            NOT_MIRRORED: self.env._("Customers owe this, or are owed it, in NetSuite only."),
            HIDDEN: self.env._(
                "The account holds this, and no transaction that NetSuite shows Odoo posts it. The "
                "role may have lost a permission."
            ),
            WITHOUT_CUSTOMER: self.env._("These lines name no customer."),
            OTHER_ENTITY: self.env._(
                "These lines belong to a vendor, an employee or another entity."
            ),
            REVALUATION: self.env._(
                "NetSuite values open items at the rate of the month's end and takes that back "
                "the next day. It is not realised: nobody owes it, and Odoo books none."
            ),
            INSIDE: self.env._(
                "Lines inside invoices or credits that post to receivables, such as a retention. "
                "They are booked with their documents and are no open items in NetSuite."
            ),
            UNMAPPED: self.env._(
                "The subsidiary has no company in Odoo, so its documents are not booked."
            ),
            EXCLUDED: self.env._(
                "The customer is on the exclusion list, inactive, or left out by another rule."
            ),
            BEFORE_START: self.env._(
                "Closed documents before the date under Closed Documents From. Those that a "
                "mirrored document is applied to are mirrored and are not counted here."
            ),
        }
        for row in self:
            row.explanation = words.get(row.category, False)
