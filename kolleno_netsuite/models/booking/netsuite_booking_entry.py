from odoo import Command, api, models
from odoo.tools.misc import formatLang

from ...const import MIRROR_CONTEXT
from ..connection.hook import hook


class NetsuiteBookingEntry(models.AbstractModel):
    """What NetSuite books without a document of its own in Odoo: mirrored as journal entries.

    Who inherits it fills the drafts. Only lines of customers are mirrored, with NetSuite's own
    amounts, so that each can be reconciled with what it is applied to.
    """

    _name = "netsuite.booking.entry"
    _inherit = "netsuite.booking.transaction"
    _description = "NetSuite Entry Booking"

    _journal_kind = "general"

    # === BUSINESS METHODS - VALUES === #

    @api.model
    def _empty_document(self):
        return self.env["account.move"]

    @api.model
    def _moves(self, documents):
        return documents

    def _partners(self, documents):
        return documents.line_ids.partner_id

    def _item_values(self, line, account, partner, currency, transaction):
        """Return the values of the journal item that mirrors `line` (`mappers.entry.EntryLine`)."""
        return {
            "name": line.label or transaction.memo or transaction.number,
            "account_id": account.id,
            "partner_id": partner.commercial_partner_id.id,
            "currency_id": currency.id,
            "date_maturity": transaction.date,
            "amount_currency": float(line.foreign),
            "balance": float(line.base),
            "netsuite_line": line.number,
            "netsuite_deposit": line.deposit,
            "analytic_distribution": False,
            "tax_ids": False,
        }

    def _convert(self, draft, context, currency):
        """Take company amounts from Odoo's rate where that is wanted instead of NetSuite's."""
        if context.connection._uses_netsuite_rates(draft.record.record_type):
            return
        company = draft.ledger.company
        for values in draft.lines:
            values["balance"] = currency._convert(
                values["amount_currency"], company.currency_id, company, draft.transaction.date
            )

    def _set_values(self, draft, partner, currency):
        """Set what the entry shows besides its items."""
        transaction = draft.transaction
        draft.ledger_values = {
            "date": transaction.date,
            "journal_id": draft.ledger.journal("general").id,
            "partner_id": partner.id,
            "currency_id": currency.id,
        }
        draft.header_values = {
            "number": transaction.number,
            "ref": transaction.memo or transaction.number or False,
        }
        draft.totals = {
            "debit": sum(max(values["balance"], 0.0) for values in draft.lines),
        }

    # === BUSINESS METHODS - WRITING === #

    def _create_documents(self, drafts):
        Move = self.env["account.move"].with_context(**MIRROR_CONTEXT)
        names = self._free_names(drafts)
        moves = Move.create(
            [
                {
                    **self._entry(draft, names[draft.record]),
                    "move_type": "entry",
                    "company_id": draft.ledger.company.id,
                    "netsuite_record_id": draft.record.id,
                    "line_ids": [Command.create(values) for values in draft.lines],
                }
                for draft in drafts
            ]
        )
        moves._post(soft=False)
        for draft, move in zip(drafts, moves, strict=True):
            draft.document = move.with_env(self.env)

    def _entry(self, draft, name):
        """Return the values of an entry's header."""
        return {
            **draft.ledger_values,
            "name": name,
            "ref": draft.header_values["ref"],
            "partner_bank_id": False,
            "fiscal_position_id": False,
        }

    @hook
    def _rewrite(self, draft):
        """Bring a posted entry to other amounts, keeping its id, number and applications."""
        move = draft.document.with_context(**MIRROR_CONTEXT)
        Application = self.env["netsuite.booking.application"]
        names = self._free_names([draft])
        kept = Application._release(move)
        if move.state != "draft":
            move.button_draft()
        commands = [Command.create(values) for values in draft.lines]
        move.write(
            {
                **self._entry(draft, names[draft.record]),
                "line_ids": [Command.clear(), *commands],
            }
        )
        move._post(soft=False)
        Application._restore(kept)

    def _write_header(self, draft):
        move = draft.document
        values = {
            "name": self._free_names([draft])[draft.record],
            "ref": draft.header_values["ref"],
        }
        move.write({name: value for name, value in values.items() if move[name] != value})

    def _cancel(self, document):
        document.with_context(**MIRROR_CONTEXT).button_cancel()

    def _free_names(self, drafts):
        """Return {record: the name of its entry}: NetSuite's number, made unique when repeated."""
        return self.env["account.move"]._netsuite_free_names(
            {draft.record: draft.document for draft in drafts},
            {draft.record: draft.transaction.number for draft in drafts},
            drafts[0].ledger.journal("general"),
        )

    # === BUSINESS METHODS - CHECK === #

    def _check_totals(self, draft):
        lines = draft.document.line_ids
        currency = draft.document.company_currency_id
        debit = sum(lines.filtered(lambda line: line.balance > 0).mapped("balance"))
        if not currency.compare_amounts(debit, draft.totals["debit"]):
            return None
        return self.env._(
            "The entry is %(odoo)s in Odoo and %(netsuite)s in NetSuite",
            odoo=formatLang(self.env, debit, currency_obj=currency),
            netsuite=formatLang(self.env, draft.totals["debit"], currency_obj=currency),
        )
