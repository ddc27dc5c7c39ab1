from odoo import api, fields, models


class NetsuiteConnection(models.Model):
    """A database that may be a copy: the crons pass its connections over, and people are told once.

    What is as it was again, say because an administrator logged in at the usual address, goes on by
    itself.
    """

    _inherit = "netsuite.connection"

    moved_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="Since when it is not certain whether this database is the original.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _follow_moves(self):
        """Tell people which connections stand still from now on; let go on what need not."""
        for connection in self.search([("state", "=", "connected")]):
            if bool(connection.moved_at) != connection._is_moved():
                connection._shielded(
                    lambda connection=connection: connection._commit_unit(
                        connection._follow_move, processed=0
                    ),
                    lambda here, error: here._take_note_of_stop("fetch", error),
                )

    def _follow_move(self):
        if self._is_moved():
            self._note_move()
        else:
            self._end_move()
            self._come_back()

    def _note_move(self):
        """List that nothing is sent before someone says what this database is; notify once."""
        self.ensure_one()
        sentences = self._moved_sentences()
        if not sentences:
            return
        self.sudo().moved_at = fields.Datetime.now()  # sudo: netsuite.connection - the program's
        # sudo: netsuite.issue - only the sync writes them
        self.env["netsuite.issue"].sudo()._touch(
            self, "moved", "moved", sentences[0], "\n".join(sentences[1:])
        )
        for user in self.responsible_ids or self.env.user:
            if not self._move_activities().filtered(lambda each, user=user: each.user_id == user):
                self.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self._move_summary(user),
                    note=sentences[0],
                    user_id=user.id,
                )

    def _end_move(self):
        """Close what `_note_move` had opened: it is known what this database is."""
        self.ensure_one()
        # sudo: netsuite.connection, netsuite.issue - as in `_note_move`
        connection = self.sudo()
        connection.moved_at = False
        connection.env["netsuite.issue"].search(
            [
                ("connection_id", "=", self.id),
                ("kind", "=", "moved"),
                ("state", "!=", "solved"),
            ]
        )._solve()
        connection._move_activities().action_done()

    def _move_activities(self):
        return self.activity_ids.filtered(
            lambda activity: activity.summary == self._move_summary(activity.user_id)
        )

    def _move_summary(self, user):
        # Known by its words, in the language of whom it is for.
        return self.with_context(lang=user.lang).env._("NetSuite: original or copy?")
