from odoo import api, fields, models
from odoo.exceptions import ValidationError


class NetsuiteConnection(models.Model):
    """Whether companies share their customers, and what belongs to no company."""

    _inherit = "netsuite.connection"

    customers_per_company = fields.Boolean(
        string="One Partner per Company",
        help="Off, which is Kolleno's default: a customer of several subsidiaries is one partner "
        "that all companies share, with its own payment terms in each. On: each company that "
        "the customer buys from has a partner of its own. Choose before the first import.",
    )
    skipped_text = fields.Char(
        compute="_compute_skipped_text", help="What is left out for want of a company."
    )

    # === COMPUTE METHODS === #

    @api.depends("subsidiary_ids.company_id")
    def _compute_skipped_text(self):
        for connection in self:
            skipped = connection.subsidiary_ids.filtered("skipped_text")
            connection.skipped_text = bool(skipped) and self.env._(
                "Left out for want of a company: %s",
                "; ".join(f"{row.name} ({row.skipped_text})" for row in skipped),
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("customers_per_company")
    def _check_customers_per_company(self):
        for connection in self:
            # Documents of all companies count, also of those that the user does not see.
            if connection.sudo()._has_documents():
                raise ValidationError(
                    self.env._(
                        "Documents of %s are booked already, and their customers cannot be "
                        "exchanged: one partner per company is chosen before the first import.",
                        connection.name,
                    )
                )
