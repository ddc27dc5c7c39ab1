import base64
import logging
import time
from datetime import timezone

from odoo import api, models
from odoo.tools import SQL, config

from ...client.account import AccountId, AccountIdError
from ...client.auth import M2mAuth, TbaAuth
from ...client.catalogue import explain, fill
from ...client.errors import ClientBug
from ...client.identity import normal_address
from ...client.keys import new_key_pair
from ...client.limiter import PATIENCE_SECONDS
from ...client.suiteql import FIELD_ID_LENGTH, field_id_fault
from ...client.transport import Transport
from ...const import PAGE_SIZE, WHILE_PAUSED
from ...exceptions import CannotConnect
from .autonomous_cursor import autonomous_cursor
from .client import NetsuiteClient
from .hook import hook
from .netsuite_connection import SIGN_IN_FIELDS
from .postgres_limiter import PostgresqlLimiter
from .token_store import SessionTokenStore

_logger = logging.getLogger(__name__)


class NetsuiteConnection(models.Model):
    """How an account is signed in to, and the client that speaks to it."""

    _inherit = "netsuite.connection"

    # === BUSINESS METHODS - CLIENT === #

    def _service_urls(self):
        """Return the addresses of this account's services.

        :raise CannotConnect: the service address is not allowed here.
        """
        self.ensure_one()
        allowed = (config.get("netsuite_allowed_hosts") or "").split(",")
        try:
            return AccountId.parse(self.account_id).service_urls(
                self.service_url or None,
                allowed_hosts=[host.strip() for host in allowed if host.strip()],
            )
        except AccountIdError as error:
            raise CannotConnect(str(error)) from error

    def _client(self, patience=PATIENCE_SECONDS, **options):
        """Return a `NetsuiteClient`; nothing is sent yet.

        :param patience: seconds to wait for a free slot.
        :param options: options of the `Transport` that are not the usual ones.
        :raise DatabaseMoved: the database is not the one that was connected, or may be a copy.
        :raise CannotConnect: credentials are missing.
        """
        self.ensure_one()
        # sudo: netsuite.connection - the sync runs for users who may not read credentials
        connection = self.sudo()
        connection._check_identity()
        calls = []
        urls = connection._service_urls()
        limiter = PostgresqlLimiter(
            self.env.cr.dbname, connection.id, connection.concurrency_limit, patience
        )
        transport = Transport(
            urls,
            connection._signer(urls, calls.append),
            limiter,
            on_call=calls.append,
            before_send=connection._kill_switch(),
            **options,
        )
        return NetsuiteClient(
            transport, calls, connection.session_zone or None, connection._rows_per_page()
        )

    @hook
    def _rows_per_page(self):
        """Return how many rows one call asks for."""
        return PAGE_SIZE

    def _signer(self, urls, on_call):
        """Return the `requests` authentication of the chosen sign-in method."""
        realm = AccountId.parse(self.account_id).realm
        if self.auth_method == "tba":
            self._require("consumer_key", "consumer_secret", "token_id", "token_secret")
            return TbaAuth(
                self.consumer_key, self.consumer_secret, self.token_id, self.token_secret, realm
            )
        self._require("client_id", "certificate_id", "private_key")
        return M2mAuth(
            self.client_id,
            self.certificate_id,
            self.private_key,
            urls.token,
            token_store=SessionTokenStore(self.env.cr.dbname, self.id),
            on_call=on_call,
        )

    def _require(self, *names):
        missing = [self._fields[name].string for name in names if not self[name]]
        if missing:
            raise CannotConnect(self.env._("Enter %s first.", ", ".join(missing)))

    @hook
    def _forget_sign_in(self, reason):
        """Remove everything that these connections sign in with: they are not connected any more.

        :param reason: why, and what to do, for the people who look at them.
        """
        # sudo: netsuite.connection, netsuite.session - who may decide it need not see credentials
        connections = self.sudo()
        connections.write(dict.fromkeys(SIGN_IN_FIELDS, False))
        connections.session_ids.write({"access_token": False, "token_expires_at": False})
        connections._advance("draft", state_reason=reason, pause_reason=False, paused_until=False)

    def _kill_switch(self):
        """Return what every call asks first: whether to stop, since the client was made."""
        dbname, connection_id, key_file = self.env.cr.dbname, self.id, self._key_file()
        while_paused = self.env.context.get(WHILE_PAUSED)
        asked = {"at": 0.0, "database": None}

        def refuse_when_stopped():
            # Asked of the committed state, at most once a second: the work's own transaction
            # does not see that someone pressed Pause.
            if time.monotonic() - asked["at"] < 1:
                return
            asked["at"] = time.monotonic()
            with autonomous_cursor(dbname) as cr:
                cr.execute(
                    SQL(
                        """SELECT (SELECT state FROM netsuite_connection WHERE id = %s),
                           (SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'),
                           (SELECT value FROM ir_config_parameter WHERE key = 'web.base.url')""",
                        connection_id,
                    )
                )
                state, uuid, url = cr.fetchone()
            if state == "paused" and not while_paused:
                raise ClientBug("CONNECTION_PAUSED", detail="The connection is paused.")
            database = key_file.fingerprint(), uuid, normal_address(url or "")
            if asked["database"] not in (None, database):
                raise ClientBug("DATABASE_MOVED", detail="The database may be a copy.")
            asked["database"] = database

        return refuse_when_stopped

    def _store_calls(self, client, run=None):
        """Write the masked log of the calls made since the last time, and empty it.

        :param client: the `NetsuiteClient` that made them.
        :param run: the run that they belong to.
        """
        self.ensure_one()
        calls, client.calls[:] = list(client.calls), []
        if not calls:
            return
        # sudo: netsuite.call - nobody may write it by hand
        self.env["netsuite.call"].sudo().create(
            [
                {
                    "connection_id": self.id,
                    "run_id": run.id if run else False,
                    "method": call.method,
                    "path": call.path,
                    "query": call.excerpt or call.query,
                    "status": call.status or 0,
                    "code": call.code,
                    "message": call.answer,
                    "seconds": call.seconds,
                    "attempt": call.attempt,
                    "rows": call.rows or 0,
                }
                for call in calls
            ]
        )
        if run:
            run.call_count += len(calls)

    def _error_sentences(self, error):
        """Return the translated (title, advice) of a `NetsuiteError`."""
        info = explain(error)
        # The catalogue's sentences are constants of the client, which knows no translations.
        return tuple(
            fill(self.env._(sentence), error.params) for sentence in (info.title, info.advice)
        )

    @api.model
    def _field_id_sentence(self, field_id):
        """Return why NetSuite has no field of this ID, or None where it may have one.

        The one check of every setting whose value becomes a part of a query.
        """
        fault = field_id_fault(field_id)
        if fault == "length":
            return self.env._(
                '"%(field)s…" is too long for a NetSuite field ID, which has at most %(count)s '
                "characters.",
                field=field_id[:20],
                count=FIELD_ID_LENGTH,
            )
        if fault == "reserved":
            return self.env._(
                '"%s" is a reserved word of NetSuite\'s query language, not a field ID.', field_id
            )
        if fault:
            return self.env._(
                '"%s" is not a NetSuite field ID: it starts with a lower-case letter and has only '
                "unaccented letters, digits and _, such as custbody15 or otherRefNum.",
                field_id,
            )
        return None

    def _error_text(self, error):
        """Return what a `NetsuiteError` means and what to do, for someone who pressed a button."""
        title, advice = self._error_sentences(error)
        return self.env._(
            "%(what_happened)s\n%(what_to_do)s", what_happened=title, what_to_do=advice
        )

    # === ACTION METHODS === #

    def action_make_key_pair(self):
        """Make a new key pair; the public certificate is what an admin uploads in NetSuite."""
        self.ensure_one()
        pair = new_key_pair(self.account_id)
        self.write(
            {
                "private_key": pair.private_key_pem,
                "certificate": pair.certificate_pem,
                "certificate_id": False,
                "certificate_expires_on": pair.not_after.astimezone(timezone.utc).date(),
            }
        )
        return True

    def action_download_certificate(self):
        """Offer the public certificate as a file."""
        self.ensure_one()
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"odoo_{AccountId.parse(self.account_id).host}.pem",
                "datas": base64.b64encode((self.certificate or "").encode()),
                "mimetype": "application/x-pem-file",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }
