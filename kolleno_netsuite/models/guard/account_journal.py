from odoo import api, models
from odoo.exceptions import UserError

# What the documents of a journal are booked by; another value stops or misplaces the next one.
SETTINGS = ("type", "company_id", "currency_id")


class AccountJournal(models.Model):
    """The journals of mirrored documents take every document that NetSuite adds."""

    _inherit = "account.journal"

    # === CRUD METHODS === #

    def write(self, vals):
        self._netsuite_check_settings(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_netsuite_journals(self):
        for journal in self._netsuite_journals():
            raise UserError(self._netsuite_kept_sentence(journal))

    # === BUSINESS METHODS === #

    def _netsuite_journals(self):
        """Return those of these journals that hold what a connection in use mirrors.

        The synchronisation itself may change them, and after it the addon that goes.
        """
        if self.env["netsuite.guard"]._is_sync():
            return self.browse()
        # sudo: netsuite.connection - only whether the connection is in use
        return self.filtered(lambda journal: journal.sudo().netsuite_connection_id.active)

    def _netsuite_check_settings(self, vals):
        """Refuse settings under which no document of NetSuite's could be booked any more.

        :raise UserError: says why, and what to do instead.
        """
        changed = [name for name in SETTINGS if name in vals]
        if not (vals.get("restrict_mode_hash_table") or changed or vals.get("active") is False):
            return
        for journal in self._netsuite_journals():
            if vals.get("restrict_mode_hash_table"):
                raise UserError(
                    self.env._(
                        "%s holds documents from NetSuite. They keep NetSuite's numbers and can "
                        "still change there, so they cannot be secured with a hash: every new one "
                        "would be stopped. Use the hash for your own journals only.",
                        journal.display_name,
                    )
                )
            if vals.get("active") is False and journal.active:
                raise UserError(self._netsuite_kept_sentence(journal))
            for name in changed:
                if self._netsuite_differs(journal, name, vals[name]):
                    raise UserError(
                        self.env._(
                            "%(journal)s holds documents from NetSuite. Its %(field)s cannot be "
                            "changed: new documents could no longer be booked.",
                            journal=journal.display_name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    @api.model
    def _netsuite_kept_sentence(self, journal):
        """Return why a journal is neither archived nor deleted, and what to do first."""
        # sudo: netsuite.connection - its name only
        connection = journal.sudo().netsuite_connection_id
        return self.env._(
            "%(journal)s holds documents from NetSuite; without it no new one could be booked. "
            "Archive the connection %(connection)s first.",
            journal=journal.display_name,
            connection=connection.name,
        )

    @api.model
    def _netsuite_differs(self, journal, name, value):
        """Tell whether `value` is another one than the journal has."""
        field = self._fields[name]
        present = journal[name].id if field.type == "many2one" else journal[name]
        return (present or False) != (value or False)
