from odoo import fields, models
from odoo.tools import SQL

from ...const import TRANSACTION_TYPES
from .netsuite_mapping_booked import BEHIND

# Kinds that the lines of documents name.
KINDS = ("tax", "account", "account_type")


class NetsuiteMapping(models.Model):
    """What was booked before something was mapped, and is booked again on demand."""

    _inherit = "netsuite.mapping"

    booked_before = fields.Boolean(
        readonly=True,
        copy=False,
        help="Documents were booked before this was chosen. They stay as they are until they "
        "change in NetSuite, or are booked again.",
    )

    # === ACTION METHODS === #

    def action_book_documents_again(self):
        """Book the documents again that use these mappings; NetSuite is not asked.

        What is in a locked period, or secured by a hash, stays as it is.
        """
        self.check_access("write")
        # sudo: netsuite.record - the sync's; who may map decides what is booked
        records = self.env["netsuite.record"].sudo()
        booked, kept = 0, 0
        for mapping in self:
            again, closed = records._book_again(
                mapping.connection_id.sudo(), mapping.company_id, mapping._uses_sql()
            )
            booked, kept = booked + again, kept + closed
        # sudo: netsuite.mapping - nobody writes by hand that documents were booked before
        self.sudo().booked_before = False
        return records._booked_again_notification(self.connection_id[:1], booked, kept)

    # === BUSINESS METHODS === #

    def _chosen_targets(self):
        """Return {mapping: what someone chose for it, or nothing}."""
        return {
            mapping: mapping._target() if mapping.state == "manual" else mapping._target().browse()
            for mapping in self
        }

    def _note_booked_before(self, before):
        """Offer to book again what was booked with other choices.

        :param before: what `_chosen_targets` returned until now; nothing for new mappings.
        """
        now = self._chosen_targets()
        changed = self.filtered(
            lambda mapping: (
                mapping.kind in KINDS
                and now[mapping] != before.get(mapping, now[mapping].browse())
                # Without an account documents would only wait.
                and (mapping.state == "manual" or mapping.kind == "tax")
            )
        )
        for (connection, company), mappings in changed.grouped(
            lambda mapping: (mapping.connection_id, mapping.company_id)
        ).items():
            # sudo: netsuite.record - whether anything is booked, whoever maps
            booked = self.env["netsuite.record"].sudo()
            if booked.search_count(
                [
                    ("connection_id", "=", connection.id),
                    ("company_id", "in", (company.id, False)),
                    ("record_type", "in", TRANSACTION_TYPES),
                    ("state", "=", "booked"),
                    ("booked_hash", "!=", False),
                ],
                limit=1,
            ):
                # sudo: netsuite.mapping - nobody writes by hand that documents were booked before
                mappings.sudo().booked_before = True

    def _uses_sql(self):
        """Return the condition of the records of documents that use this."""
        self.ensure_one()
        if self.kind in BEHIND:
            return SQL("id = ANY(%s)", self._behind().get(self.id, []))
        if self.kind == "tax":
            uses = _with_line(
                SQL("line->>'taxline' = 'T' AND line->>'item' = %s", str(self.internal_id))
            )
        else:
            uses = _with_line(SQL("line->>'account' = ANY(%s)", self._account_ids()))
        return SQL("record_type IN %s AND %s", TRANSACTION_TYPES, uses)

    def _account_ids(self):
        """Return the internal IDs, as texts, of the accounts that this is the answer for."""
        if self.kind == "account":
            return [str(self.internal_id)]
        accounts = self.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("company_id", "=", self.company_id.id),
                ("kind", "=", "account"),
                ("ns_type", "=", self.code),
                ("state", "!=", "manual"),
            ]
        )
        return [str(internal_id) for internal_id in accounts.mapped("internal_id")]


def _with_line(condition):
    """Return the condition of records with a line, of a journal's other side too, that fulfils it.

    :param condition: `SQL` of ``line``.
    """
    return SQL(
        """EXISTS (SELECT 1 FROM jsonb_array_elements(
                       COALESCE(payload->'lines', '[]') || COALESCE(payload->'others', '[]')) line
                   WHERE %s)""",
        condition,
    )
