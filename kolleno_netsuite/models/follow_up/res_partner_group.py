from collections import defaultdict

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..scope.scope import Scope


class ResPartner(models.Model):
    """Customer groups: a topmost customer of NetSuite and all that belong to it.

    Each member keeps its own balance; a group only adds them up.
    """

    _inherit = "res.partner"

    netsuite_member_ids = fields.One2many(
        "res.partner",
        "netsuite_group_id",
        string="Customers of the Group",
        context={"active_test": False},
    )
    netsuite_member_count = fields.Integer(
        compute="_compute_netsuite_member_count", string="Group Members"
    )
    netsuite_open_text = fields.Char(
        compute="_compute_netsuite_open",
        string="Open",
        help="Open invoices minus unapplied payments and credits, of this customer alone.",
    )
    netsuite_overdue_text = fields.Char(
        compute="_compute_netsuite_open",
        string="Overdue",
        help="Part of it that was due before today, without what is marked as No Follow-Up.",
    )
    netsuite_group_open_text = fields.Char(
        compute="_compute_netsuite_group_open",
        string="Open in the Group",
        help="Open invoices minus unapplied payments and credits, of all members.",
    )
    netsuite_group_overdue_text = fields.Char(
        compute="_compute_netsuite_group_open",
        string="Overdue in the Group",
        help="Part of it that was due before today, without what is marked as No Follow-Up.",
    )
    netsuite_group_note = fields.Char(
        compute="_compute_netsuite_group_note", compute_sudo=True, string="Note on the Group"
    )
    netsuite_group_statement = fields.Html(
        compute="_compute_netsuite_group_statement", string="Statement"
    )

    # === COMPUTE METHODS === #

    @api.depends("netsuite_group_id")
    def _compute_netsuite_member_count(self):
        counts = dict(
            self.env["res.partner"]
            .with_context(active_test=False)
            ._read_group(
                [("netsuite_group_id", "in", self.netsuite_group_id.ids)],
                ["netsuite_group_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.netsuite_member_count = counts.get(partner.netsuite_group_id, 0)

    @api.depends_context("allowed_company_ids")
    def _compute_netsuite_open(self):
        amounts = self._netsuite_open_amounts(self)
        for partner in self:
            partner.netsuite_open_text = partner._netsuite_words(amounts, [partner], "open")
            partner.netsuite_overdue_text = partner._netsuite_words(amounts, [partner], "overdue")

    @api.depends("netsuite_member_ids")
    @api.depends_context("allowed_company_ids")
    def _compute_netsuite_group_open(self):
        amounts = self._netsuite_open_amounts(self.netsuite_member_ids)
        for partner in self:
            members = partner.netsuite_member_ids
            partner.netsuite_group_open_text = partner._netsuite_words(amounts, members, "open")
            partner.netsuite_group_overdue_text = partner._netsuite_words(
                amounts, members, "overdue"
            )

    @api.depends(
        "netsuite_parent_id", "netsuite_parent_internal_id", "netsuite_shell", "netsuite_inactive"
    )
    def _compute_netsuite_group_note(self):
        for partner in self:
            partner.netsuite_group_note = partner._netsuite_group_sentence()

    def _netsuite_group_sentence(self):
        """Return what is unusual about the place of this customer in its group, or False."""
        self.ensure_one()
        record = self.netsuite_record_id
        connection = record.connection_id
        if self.netsuite_shell:
            return self.env._(
                "Only the parent of its group: its own documents are not synced (%s).",
                Scope(connection).sentence(record.left_out) if record.left_out else "",
            )
        parent = self.netsuite_parent_internal_id
        if parent and not self.netsuite_parent_id and connection.sync_hierarchy:
            reason = Scope(connection).reasons([parent]).get(parent)
            if reason:
                return self.env._(
                    "Its parent in NetSuite (internal ID %(parent)s) is excluded: %(reason)s.",
                    parent=parent,
                    reason=Scope(connection).sentence(reason),
                )
            return self.env._(
                "Its parent in NetSuite (internal ID %s) has not been read yet.", parent
            )
        if self.netsuite_inactive:
            return self.env._("Inactive in NetSuite.")
        return False

    @api.depends_context("allowed_company_ids", "lang")
    def _compute_netsuite_group_statement(self):
        for partner in self:
            partner.netsuite_group_statement = self.env["ir.qweb"]._render(
                "kolleno_netsuite.netsuite_group_statement_body",
                {"partner": partner, "sections": partner._netsuite_statement()},
            )

    # === ACTION METHODS === #

    def action_netsuite_group(self):
        """Open the group that this customer belongs to."""
        self.ensure_one()
        form = self.env.ref("kolleno_netsuite.res_partner_view_form_netsuite_group")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Group of %s", self.netsuite_group_id.name),
            "res_model": "res.partner",
            "res_id": self.netsuite_group_id.id,
            "view_mode": "form",
            "views": [(form.id, "form")],
        }

    def action_netsuite_group_items(self):
        """Open the open items of all members of this group."""
        self.ensure_one()
        items = self.env.ref("kolleno_netsuite.account_move_line_view_list_open_items")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Items of %s", self.name),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "views": [(items.id, "list"), (False, "form")],
            "domain": self._netsuite_open_domain(self.netsuite_member_ids),
            "context": {"group_by": ["partner_id", "currency_id"], "create": False},
        }

    def action_netsuite_print_statement(self):
        """Print the statement of the whole group."""
        group = self.netsuite_group_id or self
        problems = group._netsuite_refresh_before_reminder()
        report = self.env.ref("kolleno_netsuite.netsuite_group_statement_report")
        return self._netsuite_warned(problems, report.report_action(group))

    def action_netsuite_send_statement(self):
        """Write an e-mail with the statement of this group; a person sends it."""
        self.ensure_one()
        problems = self._netsuite_refresh_before_reminder()
        template = self.env.ref("kolleno_netsuite.mail_template_netsuite_group_statement")
        composer = {
            "type": "ir.actions.act_window",
            "name": self.env._("Send the Statement"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": "res.partner",
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
            },
        }
        return self._netsuite_warned(problems, composer)

    # === BUSINESS METHODS === #

    @api.model
    def _netsuite_open_amounts(self, partners):
        """Return {(partner's id, currency): {"open": amount, "overdue": amount}}."""
        found = defaultdict(lambda: {"open": 0.0, "overdue": 0.0})
        # sudo: account.move.line - users see the open balance of their customers
        Line = self.env["account.move.line"].sudo()
        domain = self._netsuite_open_domain(partners)
        overdue = Line._netsuite_overdue_domain()
        for kind, condition in (("open", []), ("overdue", overdue)):
            for partner, currency, amount in Line._read_group(
                [*domain, *condition],
                ["partner_id", "currency_id"],
                ["amount_residual_currency:sum"],
            ):
                found[(partner.id, currency)][kind] += amount
        return found

    def _netsuite_words(self, amounts, partners, kind):
        """Return amounts of partners as one text per currency: ``1,204.50 USD · 88.00 EUR``."""
        ids = {partner.id for partner in partners}
        totals = defaultdict(float)
        for (partner_id, currency), each in amounts.items():
            if partner_id in ids:
                totals[currency] += each[kind]
        return " · ".join(
            f"{formatLang(self.env, total, digits=currency.decimal_places)} {currency.name}"
            for currency, total in sorted(totals.items(), key=lambda item: item[0].name)
            if not currency.is_zero(total)
        )

    def _netsuite_statement(self):
        """Return what the statement of this group shows.

        :return: ``[{"currency", "open", "overdue", "members": [{"partner", "open", "overdue",
            "overdue_ids", "lines": journal items by due date}]}]``, amounts in the currency of the
            section; overdue is what of the debits was due before today and is followed up.
        """
        self.ensure_one()
        # sudo: account.move.line - as for the totals: those of customers that the user may see
        Line = self.env["account.move.line"].sudo()
        lines = Line.search(
            self._netsuite_open_domain(self.netsuite_member_ids), order="date_maturity, date, id"
        )
        sections = []
        for currency, in_currency in sorted(
            lines.grouped("currency_id").items(), key=lambda item: item[0].name
        ):
            members = [
                {"partner": partner, "lines": own, **_sums(own)}
                for partner, own in sorted(
                    in_currency.grouped("partner_id").items(),
                    key=lambda item: (item[0] != self, item[0].name or ""),
                )
            ]
            sections.append({"currency": currency, "members": members, **_sums(in_currency)})
        return sections

    def _netsuite_statement_recipients(self):
        """Return the partners whom the statement of this group is addressed to."""
        self.ensure_one()
        # sudo: netsuite.connection - its setting counts even when the user may not see it
        connection = self.sudo().netsuite_record_id.connection_id
        if connection.statement_recipients == "members":
            return self.netsuite_member_ids.filtered(lambda member: member.active and member.email)
        return self


def _sums(lines):
    """Return what journal items have open, and what of it is overdue."""
    overdue = lines.filtered("netsuite_overdue")
    return {
        "open": sum(lines.mapped("amount_residual_currency")),
        "overdue_ids": set(overdue.ids),
        "overdue": sum(overdue.mapped("amount_residual_currency")),
    }
