from odoo import api, fields, models
from odoo.exceptions import UserError


class NetsuiteSubsidiaryReimport(models.TransientModel):
    """Asks, with counts and a typed confirmation, before a subsidiary changes its company."""

    _name = "netsuite.subsidiary.reimport"
    _description = "Import a NetSuite Subsidiary into Another Company"

    subsidiary_id = fields.Many2one(
        "netsuite.subsidiary", required=True, readonly=True, ondelete="cascade"
    )
    subsidiary_name = fields.Char(related="subsidiary_id.name")
    old_company_id = fields.Many2one(related="subsidiary_id.company_id", string="From")
    company_id = fields.Many2one(
        "res.company", string="To", domain="[('id', '!=', old_company_id)]"
    )
    counts = fields.Text(compute="_compute_counts", help="What is cancelled and booked again.")
    blockers = fields.Text(compute="_compute_blockers", help="What forbids it.")
    confirmation = fields.Char(help="The subsidiary's name, typed as it is written above.")

    # === COMPUTE METHODS === #

    @api.depends("subsidiary_id")
    def _compute_counts(self):
        labels = self.env["netsuite.record"]._record_type_labels()
        for wizard in self:
            counts = wizard.subsidiary_id._booked_counts() if wizard.subsidiary_id else {}
            wizard.counts = "\n".join(
                self.env._("%(type)s: %(count)s", type=labels[record_type], count=count)
                for record_type, count in counts.items()
            ) or self.env._("No document is booked yet.")

    @api.depends("subsidiary_id", "company_id")
    def _compute_blockers(self):
        for wizard in self:
            company = wizard.company_id
            sentences = wizard.subsidiary_id._import_again_blockers(company) if company else []
            wizard.blockers = "\n".join(sentences)

    # === ACTION METHODS === #

    def action_start(self):
        """Start the move in the background.

        :raise UserError: the name is not confirmed, or something forbids the move.
        """
        self.ensure_one()
        self.subsidiary_id.check_access("write")
        if not self.company_id:
            raise UserError(self.env._("Choose the company to import into."))
        if (self.confirmation or "").strip() != self.subsidiary_name:
            raise UserError(self.env._('Type the name "%s" to confirm.', self.subsidiary_name))
        old = self.old_company_id
        # sudo: netsuite.record, account.move - the administrator starts it; only the sync writes
        # them
        self.subsidiary_id.sudo()._import_again(self.company_id)
        return self.subsidiary_id.connection_id._notification(
            self.env._(
                "The documents of %(subsidiary)s are cancelled in %(old)s and booked in %(new)s, "
                "in the background.",
                subsidiary=self.subsidiary_name,
                old=old.name,
                new=self.company_id.name,
            ),
            "success",
        )
