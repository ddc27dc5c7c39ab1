from odoo import api, fields, models

from ...mappers.text import enumerated


class NetsuiteSubsidiary(models.Model):
    """What of a subsidiary's taxes Odoo's tax report has (docs/FEATURES.md 17)."""

    _inherit = "netsuite.subsidiary"

    tax_text = fields.Char(
        compute="_compute_tax_text",
        string="Tax Report",
        help="NetSuite's taxes are always booked to the cent on their accounts. Odoo's tax report "
        "has turnover and tax of the documents whose tax codes are mapped to an Odoo tax of the "
        "same rate, and whose amounts are what Odoo computes.",
    )
    outside_tax_report_count = fields.Integer(
        compute="_compute_outside_tax_report_count",
        string="Outside the Tax Report",
        help="Booked documents with a tax that is on its account only.",
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id", "connection_id.mapping_ids.tax_warning")
    def _compute_tax_text(self):
        for subsidiary in self:
            subsidiary.tax_text = bool(subsidiary.company_id) and subsidiary._tax_sentence()

    @api.depends("company_id")
    def _compute_outside_tax_report_count(self):
        # sudo: account.move - how many there are of a company whose subsidiary the user may see
        Move = self.env["account.move"].sudo()
        for subsidiary in self:
            subsidiary.outside_tax_report_count = bool(subsidiary.company_id) and Move.search_count(
                subsidiary._outside_tax_report()
            )

    # === ACTION METHODS === #

    def action_open_outside_tax_report(self):
        """Open the documents with a tax that Odoo's tax report does not have."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Outside the Tax Report: %s", self.company_id.name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": self._outside_tax_report(),
            "context": {"create": False},
        }

    # === BUSINESS METHODS === #

    def _outside_tax_report(self):
        """Return the domain of the company's mirrored documents with a tax on its account only."""
        self.ensure_one()
        return [
            ("journal_id.netsuite_connection_id", "=", self.connection_id.id),
            ("company_id", "=", self.company_id.id),
            ("state", "=", "posted"),
            ("netsuite_record_id", "!=", False),
            ("line_ids", "any", [("display_type", "=", "tax"), ("tax_line_id", "=", False)]),
        ]

    def _tax_sentence(self):
        """Return which tax codes of this company Odoo's tax report cannot have."""
        codes = self.connection_id.mapping_ids.filtered(
            lambda row: (
                row.kind == "tax" and row.company_id == self.company_id and not row.is_inactive
            )
        )
        lacking = codes.filtered("tax_warning")
        if not codes:
            return self.env._(
                "NetSuite shows no tax codes: taxes are on their accounts only, not in Odoo's "
                "tax report."
            )
        if not lacking:
            return self.env._("All tax codes are mapped to an Odoo tax of the same rate.")
        return self.env._(
            "Tax codes on their accounts only, not in Odoo's tax report: %(number)s of %(all)s "
            "(%(codes)s).",
            number=len(lacking),
            all=len(codes),
            codes=enumerated(lacking.mapped("name")),
        )
