from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ...mappers.queries.open_amounts import read_open_amounts
from .preview import Preview


class NetsuiteSetup(models.Model):
    """The fifth step: what the import would make, and what would wait; nothing is written."""

    _inherit = "netsuite.setup"

    line_ids = fields.One2many("netsuite.setup.line", "setup_id", readonly=True)
    reason_ids = fields.One2many("netsuite.setup.reason", "setup_id", readonly=True)
    tax_text = fields.Text(
        string="Tax Report", readonly=True, help="What Odoo's tax report will not have."
    )
    previewed_at = fields.Datetime(readonly=True)
    open_text = fields.Char(string="Open in NetSuite", readonly=True)
    open_elsewhere_text = fields.Char(
        string="Open, without Company",
        readonly=True,
        help="Open in subsidiaries that have no company in Odoo.",
    )

    # === ACTION METHODS === #

    def action_preview(self):
        """Let NetSuite count what an import would read, and tell what would wait and why.

        Where NetSuite refuses what the test found to work, the test step is shown again.
        """
        return self._open_after(self._preview)

    # === BUSINESS METHODS === #

    def _preview(self):
        """Ask for the preview and keep it.

        Nothing is written but the preview itself, what posts to receivables at all, and the log of
        the calls.

        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: netsuite.connection - administrators see all companies; credentials are only passed
        # on
        connection = self.connection_id.sudo()
        client = connection._client()
        # First of all: types that few accounts have are counted where there are any.
        connection._ask_completeness(client)
        preview = Preview(connection, client)
        lines, reasons = preview.lines(), preview.reasons()
        tax_text = preview.tax_text()
        open_text, elsewhere_text = self._open_amounts(connection, client)
        connection._store_calls(client)
        # sudo: netsuite.setup - what was found is nobody's to write
        found = self.sudo()
        found.line_ids.unlink()
        found.reason_ids.unlink()
        found.write(
            {
                "line_ids": [(0, 0, line) for line in lines],
                "reason_ids": [(0, 0, reason) for reason in reasons],
                "tax_text": tax_text,
                "previewed_at": fields.Datetime.now(),
                "open_text": open_text,
                "open_elsewhere_text": elsewhere_text,
            }
        )

    @api.model
    def _open_amounts(self, connection, client):
        """Return what NetSuite has open per currency: with a company in Odoo, and without."""
        # sudo: netsuite.proof - read whichever company the administrator works in
        names = self.env["netsuite.proof"].sudo()._currencies(connection)
        sums = ({}, {})
        for amount in read_open_amounts(
            client, shape=connection._shape(), rare=connection._rare_types()
        ):
            name, _currency = names.get(amount.currency) or (str(amount.currency), None)
            by_name = sums[0 if connection._company_of(amount.subsidiary) else 1]
            by_name[name] = by_name.get(name, 0) + amount.owed - amount.unapplied
        return tuple(self._amounts_text(by_name) for by_name in sums)

    @api.model
    def _amounts_text(self, sums):
        Currency = self.env["res.currency"].with_context(active_test=False)
        digits = {
            currency.name: currency.decimal_places
            for currency in Currency.search([("name", "in", list(sums))])
        }
        return " · ".join(
            f"{name} {formatLang(self.env, float(total), digits=digits.get(name, 2))}"
            for name, total in sorted(sums.items())
            if total
        )
