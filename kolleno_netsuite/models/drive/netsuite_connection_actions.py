from datetime import datetime, timezone

from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import UserError

from ...client.errors import ErrorKind, NetsuiteError
from ...const import RECONNECT_ACTIVITY, REFERENCE_TYPES


class NetsuiteConnection(models.Model):
    """What a person can do with a connection."""

    _inherit = "netsuite.connection"

    # === ACTION METHODS === #

    def action_connect(self):
        """Sign in, learn the account's clock, and load what mappings are made of.

        Nothing of the customers is read: before its first import the connection is in set-up, and
        nothing is done for it automatically. A refusal leaves it as it was, with the reason on it.
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: netsuite.connection - a button for administrators
        connection = self.sudo()
        client = connection._client()
        if not (connection.database_uuid and connection.database_key):
            # Of before it was kept, or the key could not be written then.
            connection._take_identity()
        try:
            with self.env.cr.savepoint():
                connection._learn_clock(client)
                undecided = connection._learn_features(client)
                if not undecided:
                    connection._load_references(client)
        except NetsuiteError as error:
            title, advice = connection._error_sentences(error)
            connection._store_calls(client)
            connection.state_reason = f"{title} {advice}".strip()
            return self._notification(connection.state_reason, "danger")
        connection._store_calls(client)
        if undecided:
            connection.state_reason = self.env._(
                "NetSuite does not tell this role whether the account has: %s. Tick the "
                "permission, or say it under What We Know About This Account; then connect again.",
                ", ".join(undecided),
            )
            return self._notification(connection.state_reason, "danger")
        served = connection.state in ("connected", "paused") or connection._is_begun()
        connection._advance("connected" if served else "setup", state_reason=False)
        # sudo: netsuite.issue - only the sync writes them
        self.env["netsuite.issue"].sudo().search(
            [("connection_id", "=", self.id), ("kind", "=", "sign_in"), ("state", "=", "open")]
        )._solve()
        connection.activity_feedback([RECONNECT_ACTIVITY])
        if served:
            # After an outage the cursors go on where they were: what changed meanwhile is read now.
            connection._come_back()
        return self._notification(self.env._("Connected to %s.", self.account_id), "success")

    def action_import(self):
        """Start the first import; it goes on in the background."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("setup", "connected"):
            raise UserError(self.env._("Connect %s first.", self.name))
        # sudo: netsuite.subsidiary - one of any company will do, also one the user doesn't work in
        # now
        if (
            not self.env["netsuite.subsidiary"]
            .sudo()
            .search_count([("connection_id", "=", self.id), ("company_id", "!=", False)], limit=1)
        ):
            raise UserError(
                self.env._(
                    "Map at least one subsidiary to a company first, so that its transactions "
                    "have somewhere to go."
                )
            )
        self._leave_set_up()
        return self.action_synchronise()

    # === ACTION METHODS - ORIGINAL OR COPY === #

    def action_this_is_original(self):
        """Go on: this is the database that was connected, at another place or under another name.

        All connections of the database go on with it.
        """
        self.ensure_one()
        self.check_access("write")
        for connection in self._moved_connections():
            changes = connection._moved_sentences()[1:-1]
            said = self.env._("%s: this is the original.", self.env.user.name)
            connection._take_identity()
            connection._end_move()
            connection._message_log(body=Markup("<br/>").join([said, *changes]))
            if connection.state == "connected":
                connection._come_back()
        return self._notification(
            self.env._("This database is known as the original, and goes on."), "success"
        )

    def action_this_is_copy(self):
        """Remove the sign-in: another database goes on with the NetSuite account.

        All connections that came with the copy lose theirs; those made in it since keep their own.

        :raise UserError: this is the original; a form that was open for long may still offer it.
        """
        self.ensure_one()
        self.check_access("write")
        if not self._is_moved():
            raise UserError(
                self.env._(
                    "%s is connected from this very database. Nothing was removed.", self.name
                )
            )
        moved = self._moved_connections()
        moved._forget_sign_in(
            self.env._(
                "This database is a copy: its sign-in was removed. To connect it, give it a "
                "sign-in of its own."
            )
        )
        moved._take_identity(anew=True)
        # The key is another one now.
        (self._of_this_database() - moved)._take_identity()
        for connection in moved:
            connection._end_move()
            connection._message_log(body=self.env._("%s: this is a copy.", self.env.user.name))
        return self._notification(
            self.env._("The sign-in was removed. This copy sends nothing to NetSuite."), "success"
        )

    # === BUSINESS METHODS === #

    @api.model
    def _of_this_database(self):
        # sudo: netsuite.connection - what the database is, it is for all companies
        return self.sudo().with_context(active_test=False).search([("account_id", "!=", False)])

    def _moved_connections(self):
        """Return the connections, also archived ones, that this database may be a copy for."""
        return self._of_this_database().filtered(lambda connection: connection._is_moved())

    def _leave_set_up(self):
        """Let the crons serve this connection from now on: someone wants its first import."""
        # sudo: netsuite.connection - a button for administrators moves it
        self.sudo().filtered(lambda row: row.state == "setup")._advance("connected")

    def _learn_clock(self, client):
        """Store NetSuite's zone and how far this server's clock is off."""
        client.forget_zone()
        clock = client.clock
        here = datetime.now(timezone.utc)
        self.write(
            {
                "session_zone": False if clock.doubt else clock.zone_name,
                "clock_skew": round(clock.skew(here).total_seconds()),
            }
        )

    def _load_references(self, client):
        """Read and book subsidiaries, currencies, accounts, terms, methods, taxes and periods."""
        Fetch = self.env["netsuite.fetch"]
        if not self.multi_currency:
            currency = self.env["netsuite.reference"]._base_currency_row(self)
            Fetch._land(self, "currency", [{"row": currency}], client.clock)
        for stream in self.stream_ids.filtered(lambda s: s.record_type in REFERENCE_TYPES):
            try:
                Fetch._read_whole(self, client, stream)
            except NetsuiteError as error:
                # What an import can do without may be refused to the role.
                if error.kind is not ErrorKind.PERMISSION or stream.is_required:
                    raise
            self._book_pending(stream.record_type)
        if not self.one_world:
            self.env["netsuite.reference"]._ensure_single_company(self)
