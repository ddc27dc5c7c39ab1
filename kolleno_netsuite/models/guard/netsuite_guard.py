from odoo import api, models
from odoo.exceptions import UserError

from ...mappers.text import enumerated
from ..connection.hook import hook

# {model: fields that the synchronisation alone writes}: links, what was read, how far it is.
# Fields of states move along their own tables (`netsuite.state.machine`).
SYNC_FIELDS = {
    "account.journal": {"netsuite_connection_id", "netsuite_clearing_account_id"},
    "account.move": {
        *("netsuite_record_id", "netsuite_contact_ids", "netsuite_project"),
        *("netsuite_held_mails", "netsuite_held_at", "netsuite_held_reason"),
    },
    "account.move.line": {
        *("netsuite_line", "netsuite_deposit", "netsuite_unchased", "netsuite_set_off"),
    },
    "account.payment": {"netsuite_record_id", "netsuite_deposited"},
    "ir.attachment": {"netsuite_connection_id", "netsuite_file_id", "netsuite_file_modified"},
    "netsuite.connection": {
        *("setbacks", "state_reason", "pause_reason", "paused_until"),
        *("session_zone", "clock_skew", "moved_at"),
        *("database_key", "database_name", "database_uuid", "database_addresses"),
        *("one_world", "multi_currency", "link_dates", "lacking"),
        *("has_projects", "has_instalments"),
        *("completeness_at", "completeness_known", "completeness_next_at"),
        "receivables_missing",
        *("deletions_read_until", "deletions_hidden_since", "deletions_missing_columns"),
        *("company_ids", "environment", "history_complete_from", "history_next_try"),
        *("rates_changed_for", "journal_items_changed", "contacts_off_at", "daily_next_at"),
        *("types_to_discover", "discovery_note"),
    },
    "netsuite.exclusion": {"automatic"},
    "netsuite.field.mapping": {"last_value", "reason"},
    "netsuite.intercompany": {
        *("connection_id", "internal_id", "customer_name", "represents", "eliminated", "paired"),
    },
    "netsuite.issue": {
        *("connection_id", "kind", "key", "title", "advice", "detail", "severity", "company_id"),
        *("first_seen", "last_seen", "solved_at", "record_ids", "record_count"),
    },
    "netsuite.mapping": {
        *("connection_id", "kind", "internal_id", "code", "name", "company_id", "is_inactive"),
        *("ns_type", "ns_special", "ns_rate", "ns_days", "ns_discount", "ns_discount_days"),
        "booked_before",
    },
    "netsuite.setup": {
        *("connection_id", "tested_at", "sure_count", "previewed_at"),
        *("open_text", "open_elsewhere_text", "tax_text"),
    },
    "netsuite.stream": {
        *("connection_id", "record_type", "sequence", "cursor_at", "window_until", "cursor_id"),
        *("history_before", "last_success_at", "missed_before", "last_error", "failures"),
        *("netsuite_count", "missing_columns", "awaited", "hidden_since"),
    },
    "netsuite.subsidiary": {
        *("connection_id", "internal_id", "name", "parent_internal_id", "currency_name"),
        *("country_code", "is_elimination", "is_inactive"),
    },
    "res.partner": {
        *("netsuite_record_id", "netsuite_address_id", "netsuite_contact_ids"),
        *("netsuite_parent_id", "netsuite_parent_internal_id", "netsuite_child_ids"),
        *("netsuite_group_id", "netsuite_shell", "netsuite_inactive"),
        *("netsuite_tag_id", "netsuite_kept_archived"),
    },
}


class NetsuiteGuard(models.AbstractModel):
    """Keeps everybody's hands off documents that mirror NetSuite's, except the sync's own.

    NetSuite is the ledger of record: what Odoo would apply, reverse or change by itself, or by a
    user's click, would be a difference at once (docs/FEATURES.md 38). Notes, responsible persons,
    activities and the like stay free.
    """

    _name = "netsuite.guard"
    _description = "NetSuite Guard"

    # === BUSINESS METHODS === #

    @api.model
    def _is_sync(self):
        """Tell whether the synchronisation itself is writing.

        A context alone could come from a browser: only the server's own code is a superuser.
        """
        return self.env.su and bool(self.env.context.get("netsuite_import"))

    @hook
    @api.model
    def _sync_fields(self):
        """Return {model: names of the fields that the synchronisation alone writes}."""
        return SYNC_FIELDS

    @api.model
    def _mirrored(self, documents):
        """Return those of `documents` that only NetSuite may change.

        An archived connection mirrors nothing any more: its documents are Odoo's own again.
        """
        linked = documents.filtered("netsuite_record_id")
        # sudo: netsuite.record - only whether the connection is in use
        return linked.filtered(lambda document: document.sudo().netsuite_record_id._is_mirrored())

    @api.model
    def _check(self, documents, operation):
        """Refuse `operation` on documents that mirror NetSuite's.

        :param documents: `account.move` or `account.payment`.
        :param operation: a key of `_sentences`.
        :raise UserError: says where in NetSuite to do it instead.
        """
        if self._is_sync():
            return
        mirrored = self._mirrored(documents)
        if mirrored:
            raise UserError(self._sentence(mirrored, operation))

    @api.model
    def _sentence(self, documents, operation):
        """Return what to tell someone who tried `operation`."""
        # sudo: account.move - their names only: a user may reach a line without access to its move
        names = documents.sudo().mapped("display_name")
        return self.env._(
            "%(documents)s: read-only copy from NetSuite. %(advice)s Odoo follows at the next "
            "synchronisation.",
            documents=enumerated(names),
            advice=self._sentences()[operation],
        )

    @api.model
    def _sentences(self):
        """Return {operation: where in NetSuite it is done}."""
        return {
            "apply": self.env._(
                "Apply it in NetSuite: edit the payment or the credit memo there and tick the "
                "invoice under Apply."
            ),
            "unapply": self.env._(
                "Unapply the payment or the credit memo in NetSuite: edit it there and untick "
                "the invoice under Apply."
            ),
            "reverse": self.env._(
                "Credit it in NetSuite: open the invoice there and choose Credit."
            ),
            "pay": self.env._(
                "Record the payment in NetSuite: open the invoice there and choose Accept Payment."
            ),
            "cancel": self.env._(
                "Void it in NetSuite: open it there and choose Void under Actions."
            ),
            "delete": self.env._(
                "Void or delete it in NetSuite: open it there and choose so under Actions."
            ),
            "copy": self.env._(
                "Create the new document in NetSuite: open this one there and copy it."
            ),
            "edit": self.env._("Change it in NetSuite: open it there and choose Edit."),
        }
