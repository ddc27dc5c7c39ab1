from datetime import date

from odoo import api, models
from odoo.tools import SQL


class NetsuiteRecord(models.Model):
    """What is booked is booked again when a person chose other accounts for it."""

    _inherit = "netsuite.record"

    # === BUSINESS METHODS === #

    @api.model
    def _book_again(self, connection, company, condition):
        """Have booked documents of a company booked again; NetSuite is not asked.

        What is in a locked period, or secured by a hash, stays as it is.

        :param condition: `SQL` on columns of ``netsuite_record``.
        :return: how many are booked again, and how many stay.
        """
        uses = SQL("(company_id = %s OR company_id IS NULL) AND %s", company.id, condition)
        closed = self._closed_sql(company)
        kept = self._count_where(connection, ("booked",), SQL("%s AND %s", uses, closed))
        booked = self._requeue_where(connection, ("booked",), SQL("%s AND NOT %s", uses, closed))
        return booked, kept

    @api.model
    def _booked_again_notification(self, connection, booked, kept):
        """Return the notification of what `_book_again` returned."""
        if not kept:
            message = self.env._("Documents that are booked again: %s.", booked)
        else:
            message = self.env._(
                "Documents that are booked again: %(booked)s. In locked periods or secured, and "
                "left as they are: %(kept)s.",
                booked=booked,
                kept=kept,
            )
        return connection._notification(message, "success")

    def _closed_sql(self, company, journal_type="sale", has_tax=True):
        """Return the condition of records whose entries may not be changed any more.

        :param journal_type: of their journal, as for `res.company._netsuite_last_lock`.
        :param has_tax: as there.
        """
        return SQL(
            """EXISTS (SELECT 1 FROM account_move entry
                       WHERE entry.netsuite_record_id = netsuite_record.id
                           AND entry.company_id = %s
                           AND (entry.inalterable_hash IS NOT NULL OR entry.date <= %s))""",
            company.id,
            company._netsuite_last_lock(journal_type, has_tax) or date.min,
        )
