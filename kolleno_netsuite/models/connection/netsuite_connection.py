from ast import literal_eval

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools.misc import format_datetime, format_time

from ...client.account import AccountId, AccountIdError
from ...client.keys import certificate_end
from ...const import ACCOUNTANT_GROUP, MOST_CALLS_AT_ONCE, SETTINGS_GROUP
from .hook import hook

# Changing one of these means that the connection must be tested again.
CREDENTIAL_FIELDS = {
    "account_id",
    "auth_method",
    "client_id",
    "certificate_id",
    "private_key",
    "consumer_key",
    "consumer_secret",
    "token_id",
    "token_secret",
    "service_url",
}
# What a copy of the database may not keep: it signs in, or goes with what does.
SIGN_IN_FIELDS = (CREDENTIAL_FIELDS - {"account_id", "auth_method"}) | {
    "certificate",
    "certificate_expires_on",
}
# States of a connection that NetSuite lets in no more, until a person does something there.
LOST = ("reconnect", "token_limit")


class NetsuiteConnection(models.Model):
    """One NetSuite account: how to sign in, and whether the sign-in holds."""

    _name = "netsuite.connection"
    _description = "NetSuite Connection"
    _inherit = ["mail.thread", "mail.activity.mixin", "netsuite.state.machine"]
    _order = "name, id"

    # === FIELDS: ACCOUNT AND SIGN-IN === #

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        string="Main Company",
        required=True,
        default=lambda self: self.env.company,
        help=(
            "Company for everything that belongs to no subsidiary, and for an account "
            "without OneWorld."
        ),
    )
    account_id = fields.Char(
        string="Account ID",
        required=True,
        help="As NetSuite shows it under Setup > Company > Company Information: 1234567, "
        "or 1234567_SB1 for a sandbox. A NetSuite address pasted here works as well.",
    )
    environment = fields.Selection(
        [
            ("production", "Production"),
            ("sandbox", "Sandbox"),
            ("release_preview", "Release Preview"),
            ("test_drive", "Test Drive"),
        ],
        compute="_compute_environment",
        store=True,
    )
    state = fields.Selection(
        [
            ("draft", "Not connected"),
            ("setup", "In set-up"),
            ("connected", "Connected"),
            ("reconnect", "Reconnect needed"),
            ("token_limit", "Too many tokens"),
            ("paused", "Paused"),
        ],
        # Out of the set-up leads the first import alone; whoever was served never goes back there.
        transitions={
            "draft": {"draft", "setup", "connected", *LOST},
            "setup": {"draft", "setup", "connected", *LOST},
            "connected": {"draft", "connected", "paused", *LOST},
            "reconnect": {"draft", "setup", "connected", *LOST},
            "token_limit": {"draft", "setup", "connected", *LOST},
            "paused": {"draft", "connected", "paused", *LOST},
        },
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    state_reason = fields.Text(
        string="Problem", readonly=True, copy=False, help="One sentence, and what to do."
    )
    auth_method = fields.Selection(
        [("m2m", "OAuth 2.0 client credentials"), ("tba", "Token-based authentication")],
        string="Sign-in Method",
        required=True,
        default="m2m",
        help="NetSuite accepts no new token-based integrations from release 2027.1; "
        "choose OAuth 2.0 for a new connection.",
    )
    client_id = fields.Char(
        string="Client ID",
        groups=SETTINGS_GROUP,
        copy=False,
        help="Client ID of the integration record.",
    )
    certificate_id = fields.Char(
        string="Certificate ID",
        groups=SETTINGS_GROUP,
        copy=False,
        help="Shown by NetSuite after you upload the certificate.",
    )
    private_key = fields.Text(groups=SETTINGS_GROUP, copy=False, prefetch=False, exportable=False)
    certificate = fields.Text(
        groups=SETTINGS_GROUP, copy=False, help="Public certificate to upload in NetSuite."
    )
    certificate_expires_on = fields.Date(
        copy=False,
        help="The day on which NetSuite stops accepting the certificate; a warning comes a week "
        "before. It is known for key pairs made here. For another key, enter the date that "
        "NetSuite shows under Setup > Integration > OAuth 2.0 Client Credentials (M2M) Setup.",
    )
    consumer_key = fields.Char(groups=SETTINGS_GROUP, copy=False, exportable=False)
    consumer_secret = fields.Char(
        groups=SETTINGS_GROUP, copy=False, prefetch=False, exportable=False
    )
    token_id = fields.Char(string="Token ID", groups=SETTINGS_GROUP, copy=False, exportable=False)
    token_secret = fields.Char(groups=SETTINGS_GROUP, copy=False, prefetch=False, exportable=False)
    service_url = fields.Char(
        string="Service Address",
        groups=SETTINGS_GROUP,
        copy=False,
        help="Only for a simulator on this machine: leave it empty for a NetSuite account. "
        "Other hosts have to be allowed in the server's configuration file "
        "(netsuite_allowed_hosts).",
    )

    # === FIELDS: WHAT NETSUITE TOLD === #

    session_zone = fields.Char(
        string="NetSuite Zone",
        readonly=True,
        copy=False,
        help="Time zone in which NetSuite answers this integration's queries.",
    )
    clock_skew = fields.Integer(
        readonly=True, copy=False, help="Seconds that this server is ahead of NetSuite."
    )

    # === FIELDS: SETTINGS === #

    concurrency_limit = fields.Integer(
        default=4,
        help="How many calls may run at the same time, across all Odoo processes. Small "
        "NetSuite accounts allow 5 for all their integrations together.",
    )
    responsible_ids = fields.Many2many(
        "res.users",
        default=lambda self: self.env.user,
        help="Gets an activity when the connection needs attention.",
    )

    # === FIELDS: RELATED RECORDS === #

    session_ids = fields.One2many("netsuite.session", "connection_id", groups=SETTINGS_GROUP)

    _account_unique = models.UniqueIndex(
        "(account_id) WHERE active", "This NetSuite account is already connected."
    )
    _concurrency_range = models.Constraint(
        f"CHECK (concurrency_limit BETWEEN 1 AND {MOST_CALLS_AT_ONCE})",
        "Between 1 and 250 calls may run at the same time.",
    )

    # === COMPUTE METHODS === #

    @api.depends("account_id")
    def _compute_environment(self):
        for connection in self:
            try:
                connection.environment = AccountId.parse(connection.account_id or "").environment
            except AccountIdError:
                connection.environment = False

    # === CONSTRAINT METHODS === #

    @api.constrains("account_id")
    def _check_account_id(self):
        for connection in self:
            try:
                AccountId.parse(connection.account_id)
            except AccountIdError as error:
                raise ValidationError(str(error)) from error

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create([self._normalised(vals) for vals in vals_list])
        # sudo: netsuite.session - nobody creates one by hand: a connection comes with its own
        self.env["netsuite.session"].sudo().create(
            [{"connection_id": connection.id} for connection in connections]
        )
        for connection, vals in zip(connections, vals_list, strict=True):
            connection._created(vals)
        return connections

    @hook
    def _created(self, vals):
        """Follow the settings with which this connection was just made.

        :param vals: what `create` was given for it.
        """

    def write(self, vals):
        vals = self._normalised(vals)
        before = {connection: connection._settings(vals) for connection in self}
        result = super().write(vals)
        if CREDENTIAL_FIELDS & set(vals):
            self._advance("draft", state_reason=False)
        for connection, settings in before.items():
            changed = {n: value for n, value in settings.items() if connection[n] != value}
            if changed:
                connection._settings_changed(changed)
        return result

    def _settings(self, names):
        """Return {name: value} of those fields that are stored in this row; secrets left out."""
        columns = (self._fields[name] for name in names if name in self._fields)
        return {
            field.name: self[field.name]
            for field in columns
            if field.store and field.column_type and field.prefetch
        }

    @hook
    def _settings_changed(self, before):
        """Follow a change of this connection's settings.

        :param before: {name: old value} of the fields that have another value now.
        """

    @hook
    @api.model
    def _normalised(self, vals):
        """Return `vals` with the account ID in NetSuite's own spelling (1234567_SB1).

        A key that was made elsewhere comes with the end of its certificate, as far as it is known.
        """
        if "private_key" in vals and "certificate_expires_on" not in vals:
            pasted = [vals.get("certificate"), vals["private_key"]]
            end = certificate_end("\n".join(filter(None, pasted)))
            vals = {
                "certificate": False,
                **vals,
                "certificate_expires_on": end.date() if end else False,
            }
        if not vals.get("account_id"):
            return vals
        try:
            return {**vals, "account_id": AccountId.parse(vals["account_id"]).realm}
        except AccountIdError as error:
            raise ValidationError(str(error)) from error

    # === ACTION METHODS === #

    def action_open_setup(self):
        """Open the form of this connection."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    def _notification(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "sticky": kind == "danger",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_accountant(self):
        """Refuse users who may only look, or may not even see this connection.

        :raise AccessError: the work itself is done with more rights than the user has.
        """
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(ACCOUNTANT_GROUP)):
            raise AccessError(self.env._("Only NetSuite accountants may do this."))

    def _open_list(self, xmlid, context=None, empty="", next_step=""):
        """Return the action `xmlid` on what belongs to this connection, with `context`.

        :param context: filters and groups; the action's own without any.
        :param empty: what an empty list means here; the action's own words without one.
        :param next_step: what a person can do then.
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        if empty:
            action["help"] = Markup(
                "<p class='o_view_nocontent_smiling_face'>{}</p><p>{}</p>"
            ).format(empty, next_step)
        return {
            **action,
            "domain": [("connection_id", "=", self.id)],
            "context": {
                "default_connection_id": self.id,
                **(context or literal_eval(action["context"] or "{}")),
            },
        }

    def _moment(self, moment, now):
        """Return `moment` (UTC) in the user's zone: the time alone when it is today's."""
        local = fields.Datetime.context_timestamp(self, moment)
        if local.date() == fields.Datetime.context_timestamp(self, now).date():
            return format_time(self.env, moment, time_format="short")
        return format_datetime(self.env, moment, dt_format="short")
