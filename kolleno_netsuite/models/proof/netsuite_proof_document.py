from decimal import Decimal

from odoo import api, fields, models

from ...const import JOURNAL_TYPE, TRANSACTION_TYPES


class NetsuiteProofDocument(models.Model):
    """One document of a proved customer: what NetSuite has beside what Odoo has."""

    _name = "netsuite.proof.document"
    _description = "Reconciliation Document"
    _order = "sequence, record_type, document_date, number, id"
    _rec_name = "number"

    proof_id = fields.Many2one("netsuite.proof", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(help="Documents that differ come first.")
    record_type = fields.Selection("_selection_record_type", string="Type", required=True)
    internal_id = fields.Integer(string="NetSuite Internal ID", aggregator=None)
    number = fields.Char()
    document_date = fields.Date(string="Date")
    currency_id = fields.Many2one(related="proof_id.currency_id")
    netsuite_total = fields.Monetary(string="NetSuite Total")
    netsuite_open = fields.Monetary(
        string="NetSuite Open", help="Negative for a payment, deposit or credit."
    )
    odoo_total = fields.Monetary()
    odoo_open = fields.Monetary(help="Negative for a payment, deposit or credit.")
    difference = fields.Monetary(help="Open in Odoo minus open in NetSuite.")
    state = fields.Selection(
        [("agrees", "Matches"), ("waiting", "Waiting"), ("differs", "Doesn't match")], required=True
    )
    reason = fields.Char()
    record_id = fields.Many2one("netsuite.record", ondelete="cascade")
    move_id = fields.Many2one("account.move", string="Journal Entry", ondelete="cascade")
    payment_id = fields.Many2one("account.payment", ondelete="cascade")
    netsuite_url = fields.Char(related="record_id.netsuite_url", string="Open in NetSuite")

    @api.model
    def _selection_record_type(self):
        labels = {
            "invoice": self.env._("Invoice"),
            "customercharge": self.env._("Statement charge"),
            "customtransaction": self.env._("Custom transaction"),
            "journalentry": self.env._("Journal entry"),
            "creditmemo": self.env._("Credit memo"),
            "customerpayment": self.env._("Customer payment"),
            "customerdeposit": self.env._("Customer deposit"),
            "depositapplication": self.env._("Deposit application"),
            "customerrefund": self.env._("Customer refund"),
        }
        return [(record_type, labels[record_type]) for record_type in TRANSACTION_TYPES]

    # === ACTION METHODS === #

    def action_open_in_netsuite(self):
        """Open the document in NetSuite's own pages."""
        return self.record_id.action_open_in_netsuite()

    def action_open_in_odoo(self):
        """Open the invoice, credit note or payment in Odoo."""
        self.ensure_one()
        target = self.payment_id or self.move_id
        return {
            "type": "ir.actions.act_window",
            "res_model": target._name,
            "res_id": target.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _values(self, key, netsuite, odoo):
        """Return the values of one row.

        :param key: (record type, NetSuite's internal id, line of a journal).
        :param netsuite: `mappers.queries.open_amounts.OpenDocument`, None when NetSuite has none.
        :param odoo: `netsuite_proof_side_by_side.OdooDocument`, None when the document was
            never read.
        """
        state, reason = self._evaluate(netsuite, odoo)
        netsuite_open = netsuite.open if netsuite else Decimal(0)
        odoo_open = odoo.open if odoo else Decimal(0)
        target = odoo.target if odoo else None
        is_payment = bool(target) and target._name == "account.payment"
        return {
            "sequence": ("differs", "waiting", "agrees").index(state),
            "record_type": key[0],
            "internal_id": key[1],
            "number": self._number(
                key, (netsuite and netsuite.number) or (odoo and odoo.record.name)
            ),
            "document_date": (netsuite and netsuite.date) or (target and target.date),
            "netsuite_total": float(netsuite.total) if netsuite else 0.0,
            "netsuite_open": float(netsuite_open),
            "odoo_total": float(odoo.total) if odoo else 0.0,
            "odoo_open": float(odoo_open),
            "difference": float(odoo_open - netsuite_open),
            "state": state,
            "reason": reason,
            "record_id": odoo.record.id if odoo else False,
            "payment_id": target.id if is_payment else False,
            "move_id": target.id if target and not is_payment else False,
        }

    @api.model
    def _number(self, key, number):
        """Return what a person calls a document; of a journal, each line is one."""
        if key[0] != JOURNAL_TYPE:
            return number
        return self.env._("%(number)s, line %(line)s", number=number, line=key[2])

    @api.model
    def _evaluate(self, netsuite, odoo):
        """Return (state, reason) of one document; parameters as for `_values`."""
        if odoo is None:
            return "differs", self.env._("Not read from NetSuite yet")
        if netsuite is None:
            return "differs", self.env._(
                "NetSuite currently has no such open document of this customer"
            )
        if odoo.open == netsuite.open and odoo.target and odoo.total == netsuite.total:
            return "agrees", False
        if odoo.explained:
            return "waiting", odoo.record.message or self.env._("Still to be booked or applied")
        if odoo.record.state in ("failed", "ignored") or not odoo.target:
            return "differs", odoo.record.message or self.env._("Not booked in Odoo")
        if odoo.landed != netsuite.open:
            return "differs", self.env._("Changed in NetSuite since it was read")
        if odoo.open != netsuite.open:
            return "differs", self.env._("The open amount differs")
        return "differs", self.env._("The total differs")
