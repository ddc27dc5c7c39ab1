from odoo import Command, api, models
from odoo.tools import format_date, plaintext2html
from odoo.tools.misc import formatLang

from ...const import MIRROR_CONTEXT
from ...mappers.invoice import REFUND_TYPE, build_invoice
from ...mappers.transaction import COGS, ITEM, NOTE, TAX
from ..record.netsuite_connection import INSTALMENTS
from .outcome import Note

DISPLAY_TYPES = {ITEM: "product", TAX: "tax", COGS: "cogs", NOTE: "line_note"}
# The balance of the customer stays one journal item through all edits, because payments are
# reconciled with it.
RECEIVABLE_FIELDS = ("account_id", "partner_id", "currency_id", "amount_currency", "balance")


class NetsuiteBookingMove(models.AbstractModel):
    """Books what is billed or credited as Odoo invoices and credit notes, line by line.

    Statement charges are invoices, custom transactions what their receivable is: an invoice
    where they debit it, a credit note where they credit it.

    An invoice below zero becomes a credit note and a credit memo below zero an invoice,
    because Odoo posts neither with a negative total: number, accounts and amounts are
    NetSuite's all the same, and so is the customer's balance.
    """

    _name = "netsuite.booking.move"
    _inherit = "netsuite.booking.transaction"
    _description = "NetSuite Invoice Booking"

    _journal_kind = "sale"

    # === BUSINESS METHODS - VALUES === #

    @api.model
    def _empty_document(self):
        return self.env["account.move"]

    @api.model
    def _moves(self, documents):
        return documents

    def _fill(self, draft, context, missing):
        transaction, ledger = draft.transaction, draft.ledger
        currency = context.currency(transaction, ledger, missing)
        partner = context.partner(transaction.entity, missing)
        if not currency:
            return
        context.check_rate(draft, currency, missing)
        invoice = build_invoice(transaction, context.digits(currency, ledger))
        refund = invoice.move_type == REFUND_TYPE
        if invoice.instalments > 1:
            draft.notes.append(self._instalments_note(draft, invoice))
        # Without a customer the lines are still asked for their accounts: all is listed at once.
        owner = partner.commercial_partner_id if partner else self.env["res.partner"]
        shared = {"currency_id": currency.id, "partner_id": owner.id}
        draft.lines = [
            self._line_values(line, sequence, shared, draft, refund, missing)
            for sequence, line in enumerate(invoice.lines, start=1)
        ]
        receivable = {
            **shared,
            "analytic_distribution": False,
            "display_type": "payment_term",
            "sequence": len(draft.lines) + 1,
            "account_id": _id(ledger.receivable(invoice.receivable.account, missing)),
            "amount_currency": float(invoice.receivable.foreign),
            "balance": float(invoice.receivable.base),
        }
        draft.lines.append(receivable)
        if missing:
            return
        rate = self._rate(draft, context, currency)
        draft.totals = {
            "amount_total": float(invoice.total),
            "amount_tax": float(invoice.tax),
            "amount_total_signed": float(invoice.base_total) * (-1 if refund else 1),
        }
        if rate is not None:
            self._convert(draft, rate)
        draft.ledger_values = {
            "move_type": invoice.move_type,
            "journal_id": ledger.journal("sale").id,
            "partner_id": partner.id,
            "date": transaction.date,
            "invoice_date": transaction.date,
            "currency_id": currency.id,
            "invoice_currency_rate": rate or float(1 / transaction.exchange_rate),
        }
        draft.header_values = {
            "number": transaction.number,
            "invoice_date_due": transaction.due_date,
            "invoice_payment_term_id": ledger.term(transaction.terms).id,
            "ref": transaction.purchase_order or False,
            "narration": str(plaintext2html(transaction.memo)) if transaction.memo else False,
            "payment_reference": transaction.number or False,
        }
        # Only where there is one, or was: it costs no other document a change.
        if transaction.project or draft.document.netsuite_project:
            draft.header_values["netsuite_project"] = transaction.project or False

    def _instalments_note(self, draft, invoice):
        """Return what to say of an invoice that is payable in instalments, and remember it."""
        connection = draft.record.connection_id
        if not connection.has_instalments:
            source = self.env._("NetSuite has shown an invoice in instalments")
            self.env["netsuite.fact"]._learn(connection, {INSTALMENTS: "yes"}, source)
        return Note(
            "instalments",
            self.env._("These invoices are payable in instalments, and due on one date in Odoo"),
            self.env._(
                "Their amounts and what is open are NetSuite's. Look at the instalments in "
                "NetSuite before you remind the customer."
            ),
            self.env._(
                "%(invoice)s: %(count)s instalments, due in Odoo on %(date)s",
                invoice=draft.transaction.number,
                count=invoice.instalments,
                date=format_date(self.env, draft.transaction.due_date),
            ),
        )

    def _line_values(self, line, sequence, shared, draft, refund, missing):
        """Return the values of one journal item; note in `missing` what is not mapped."""
        values = {
            **shared,
            "display_type": DISPLAY_TYPES[line.kind],
            "sequence": sequence,
            "name": line.label or False,
            # Given although empty: Odoo would look for defaults, line by line.
            "tax_ids": False,
            "analytic_distribution": False,
        }
        if line.kind == NOTE:
            return {**values, "name": line.label or "-", "account_id": False}
        values["account_id"] = _id(draft.ledger.posting(line.account, missing))
        values["amount_currency"] = float(line.foreign)
        values["balance"] = float(line.base)
        if line.kind == ITEM:
            values["quantity"], values["price_unit"] = float(line.quantity), float(line.price)
        elif line.kind == TAX:
            repartition = draft.ledger.tax_line(line.tax_code, refund)
            if repartition:
                draft.has_tax = True
                values["tax_repartition_line_id"] = repartition.id
                values["tax_tag_ids"] = [Command.set(repartition.tag_ids.ids)]
        return values

    def _rate(self, draft, context, currency):
        """Return Odoo's rate where it is wanted instead of NetSuite's, else None.

        :return: document units for one company unit.
        """
        company = draft.ledger.company
        if context.connection._uses_netsuite_rates(draft.record.record_type):
            return None
        return self.env["res.currency"]._get_conversion_rate(
            company.currency_id, currency, company, draft.transaction.date
        )

    def _convert(self, draft, rate):
        """Take company amounts from Odoo's rate; the customer's balance takes the rounding."""
        company_currency = draft.ledger.currency
        rest = 0.0
        for values in draft.lines[:-1]:
            if "balance" in values:
                values["balance"] = company_currency.round(values["amount_currency"] / rate)
                rest += values["balance"]
        draft.lines[-1]["balance"] = company_currency.round(-rest)
        draft.totals["amount_total_signed"] = company_currency.round(-rest)

    # === BUSINESS METHODS - WRITING === #

    def _create_documents(self, drafts):
        Move = self.env["account.move"].with_context(**MIRROR_CONTEXT)
        names = self._free_names(drafts)
        moves = Move.create(
            [
                {
                    **draft.ledger_values,
                    **self._header(draft, names[draft.record]),
                    "netsuite_record_id": draft.record.id,
                    "company_id": draft.ledger.company.id,
                    "invoice_user_id": False,
                    "fiscal_position_id": False,
                    "partner_shipping_id": draft.ledger_values["partner_id"],
                    "partner_bank_id": False,
                    "line_ids": [
                        Command.create(self._dated(values, draft)) for values in draft.lines
                    ],
                }
                for draft in drafts
            ]
        )
        moves._post(soft=False)
        for draft, move in zip(drafts, moves, strict=True):
            draft.document = move.with_env(self.env)

    def _rewrite(self, draft):
        """Bring a posted invoice to other amounts, keeping its id, number and applications."""
        move = draft.document.with_context(**MIRROR_CONTEXT)
        Application = self.env["netsuite.booking.application"]
        old = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        new = self._dated(draft.lines[-1], draft)
        untouched = len(old) == 1 and all(
            _value(old[name]) == new[name] for name in RECEIVABLE_FIELDS
        )
        kept = [] if untouched else Application._release(move)
        if move.state != "draft":
            move.button_draft()
        commands = [Command.delete(line.id) for line in move.line_ids - old[:1]]
        commands += [Command.create(self._dated(values, draft)) for values in draft.lines[:-1]]
        if old:
            changes = {name: value for name, value in new.items() if _value(old[0][name]) != value}
            commands += [Command.update(old[0].id, changes)] if changes else []
        else:
            commands.append(Command.create(new))
        move.write(
            {
                **draft.ledger_values,
                **self._header(draft, self._free_names([draft])[draft.record]),
                "line_ids": commands,
            }
        )
        move._post(soft=False)
        Application._restore(kept)

    def _write_header(self, draft):
        move = draft.document.with_context(**MIRROR_CONTEXT, skip_readonly_check=True)
        values = self._header(draft, self._free_names([draft])[draft.record])
        move.write({name: value for name, value in values.items() if _value(move[name]) != value})
        term_lines = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        term_lines.date_maturity = draft.transaction.due_date

    def _cancel(self, document):
        document.with_context(**MIRROR_CONTEXT).button_cancel()

    def _must_replace(self, draft):
        # Odoo does not turn an invoice that was posted into a credit note.
        return (
            super()._must_replace(draft)
            or draft.document.move_type != draft.ledger_values["move_type"]
        )

    def _header(self, draft, name):
        values = {**draft.header_values, "name": name}
        del values["number"]
        return values

    def _dated(self, values, draft):
        """Return the values of a journal item with what the header says of its date."""
        if values["display_type"] != "payment_term":
            return values
        return {**values, "date_maturity": draft.transaction.due_date}

    def _free_names(self, drafts):
        """Return {record: the name of its entry}: NetSuite's number, made unique when repeated."""
        return self.env["account.move"]._netsuite_free_names(
            {draft.record: draft.document for draft in drafts},
            {draft.record: draft.transaction.number for draft in drafts},
            drafts[0].ledger.journal("sale"),
        )

    # === BUSINESS METHODS - CHECK === #

    def _check_totals(self, draft):
        move = draft.document
        for name, currency in (
            ("amount_total", move.currency_id),
            ("amount_tax", move.currency_id),
            ("amount_total_signed", move.company_currency_id),
        ):
            if currency.compare_amounts(move[name], draft.totals[name]):
                return self.env._(
                    "%(field)s is %(odoo)s in Odoo and %(netsuite)s in NetSuite",
                    field=move._fields[name]._description_string(self.env),
                    odoo=formatLang(self.env, move[name], currency_obj=currency),
                    netsuite=formatLang(self.env, draft.totals[name], currency_obj=currency),
                )
        return None


def _value(value):
    """Return the id of a record, any other value as it is."""
    return value.id if isinstance(value, models.BaseModel) else value


def _id(record):
    """Return the id of what a mapping answered, False for nothing."""
    return record.id if record else False
