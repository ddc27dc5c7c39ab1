from odoo.tools import SQL

from ...const import JOURNAL_TYPE


class FollowUp:
    """Decides which mirrored open items are followed up, by Odoo's own mark on the item.

    Out of it are items of customers who are inactive in NetSuite, and of journals unless the
    connection wants them chased (docs/FEATURES.md 26, 34). What is cancelled is out by itself: only
    posted items are followed up.
    """

    def __init__(self, env):
        self.env = env

    # === BUSINESS METHODS === #

    def mark_journal(self, connection, entries):
        """Mark the new items of journals, which Odoo itself would never follow up.

        :param entries: the new `account.move` rows of one journal.
        """
        held = not connection.chase_journals
        items = entries.line_ids.filtered("partner_id")
        items.write({"no_followup": held, "netsuite_unchased": held})

    def decide_of_records(self, records):
        """Decide anew for what mirrors documents; `records` are their `netsuite.record` rows."""
        if records:
            self._decide(SQL("r.id = ANY(%s)", records.ids))

    def decide_of_partners(self, partners):
        """Decide anew for all that is booked on customers."""
        ids = (partners | partners.commercial_partner_id).ids
        if ids:
            self._decide(SQL("i.partner_id = ANY(%s)", ids))

    def decide_of_journals(self, connection):
        """Decide anew for all journals of a connection."""
        self._decide(
            SQL("r.connection_id = %s AND r.record_type = %s", connection.id, JOURNAL_TYPE)
        )

    def _decide(self, chosen):
        """Mark and unmark receivable items; those that a person marked are left alone.

        :param chosen: condition on the record `r` and the item `i`.
        """
        self.env.flush_all()
        # One statement for any number of items: nothing else of them changes or is looked at.
        changed = self.env.execute_query(
            SQL(
                """
                UPDATE account_move_line l
                SET no_followup = judged.held, netsuite_unchased = judged.held
                FROM (
                    SELECT i.id, COALESCE(p.netsuite_inactive, FALSE)
                        OR COALESCE(o.netsuite_inactive AND o.commercial_partner_id = p.id, FALSE)
                        OR (r.record_type = %(journal)s
                            AND NOT COALESCE(c.chase_journals, FALSE)) AS held
                    FROM netsuite_record r
                    JOIN netsuite_connection c ON c.id = r.connection_id
                    JOIN account_move m ON m.netsuite_record_id = r.id
                    JOIN account_move_line i ON i.move_id = m.id
                    JOIN account_account a ON a.id = i.account_id
                        AND a.account_type = 'asset_receivable'
                    JOIN res_partner p ON p.id = i.partner_id
                    LEFT JOIN res_partner o ON o.id = m.partner_id
                    WHERE %(chosen)s
                ) judged
                WHERE l.id = judged.id
                    AND COALESCE(l.netsuite_unchased, FALSE) <> judged.held
                    AND NOT (judged.held AND COALESCE(l.no_followup, FALSE))
                RETURNING l.id
                """,
                journal=JOURNAL_TYPE,
                chosen=chosen,
            )
        )
        if changed:
            self.env["account.move.line"].invalidate_model(
                ["no_followup", "netsuite_unchased", "netsuite_overdue"]
            )
            self.env["account.move"].invalidate_model(["no_followup"])
