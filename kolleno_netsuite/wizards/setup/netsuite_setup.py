from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ...client.account import AccountId, AccountIdError
from ...const import SETTINGS_GROUP

STEPS = ("account", "sign_in", "test", "companies", "preview")


class NetsuiteSetup(models.Model):
    """The way from nothing to the first import, one step after the other.

    Kept until the connection is deleted, so that a user who leaves goes on where they were. What a
    step decides is stored on the connection itself.
    """

    _name = "netsuite.setup"
    _description = "NetSuite Set-up"
    _inherit = "netsuite.state.machine"
    _rec_name = "name"

    # === FIELDS === #

    step = fields.Selection(
        [
            ("account", "Account"),
            ("sign_in", "Sign-in"),
            ("test", "Test"),
            ("companies", "Companies and Mappings"),
            ("preview", "Preview"),
        ],
        # One step on or back; a connection that is there already begins where it stands.
        transitions={
            "account": {"sign_in", "companies"},
            "sign_in": {"account", "test"},
            "test": {"sign_in", "companies"},
            "companies": {"test", "preview"},
            "preview": {"companies"},
        },
        required=True,
        default="account",
        readonly=True,
    )
    connection_id = fields.Many2one("netsuite.connection", readonly=True, ondelete="cascade")
    state = fields.Selection(related="connection_id.state")
    name = fields.Char(help="What you call this account in Odoo.")
    account = fields.Char(
        string="Account ID or Address",
        help="1234567, 1234567_SB1 for a sandbox, or the address of any page of the account.",
    )
    account_text = fields.Char(compute="_compute_account_text")
    account_known = fields.Boolean(compute="_compute_account_text")
    company_id = fields.Many2one(
        "res.company", string="Main Company", default=lambda self: self.env.company
    )
    service_url = fields.Char(
        string="Service Address",
        groups=SETTINGS_GROUP,
        help="Only for a simulator on this machine; leave it empty for a NetSuite account.",
    )

    suggested_name = fields.Char(
        compute="_compute_suggested_name", help="For the role and the integration in NetSuite."
    )

    # === FIELDS: SIGN-IN === #

    auth_method = fields.Selection(related="connection_id.auth_method", readonly=False)
    client_id = fields.Char(related="connection_id.client_id", readonly=False)
    certificate_id = fields.Char(related="connection_id.certificate_id", readonly=False)
    certificate = fields.Text(related="connection_id.certificate")
    consumer_key = fields.Char(
        related="connection_id.consumer_key",
        readonly=False,
        exportable=False,
        groups=SETTINGS_GROUP,
    )
    consumer_secret = fields.Char(
        related="connection_id.consumer_secret",
        readonly=False,
        exportable=False,
        groups=SETTINGS_GROUP,
    )
    token_id = fields.Char(
        related="connection_id.token_id", readonly=False, exportable=False, groups=SETTINGS_GROUP
    )
    token_secret = fields.Char(
        related="connection_id.token_secret",
        readonly=False,
        exportable=False,
        groups=SETTINGS_GROUP,
    )

    _connection_unique = models.UniqueIndex(
        "(connection_id) WHERE connection_id IS NOT NULL", "This account is already being set up."
    )

    # === ACCESS === #

    def _field_to_sql(self, alias, field_expr, query=None):
        # Odoo orders and groups by a related field without asking for the right to read it.
        field = self._fields.get(field_expr.partition(".")[0].partition(":")[0])
        if field and field.groups and not self.env.su:
            self._check_field_access(field, "read")
        return super()._field_to_sql(alias, field_expr, query)

    # === COMPUTE METHODS === #

    @api.depends("account")
    def _compute_account_text(self):
        environments = dict(
            self.env["netsuite.connection"]._fields["environment"]._description_selection(self.env)
        )
        for setup in self:
            setup.account_known, setup.account_text = False, False
            if not setup.account:
                continue
            try:
                account = AccountId.parse(setup.account)
            except AccountIdError as error:
                setup.account_text = str(error)
                continue
            setup.account_known = True
            setup.account_text = self.env._(
                "Account %(account)s · %(environment)s",
                account=account.realm,
                environment=environments[account.environment],
            )

    @api.depends("name")
    def _compute_display_name(self):
        for setup in self:
            setup.display_name = (
                self.env._("Set up %s", setup.name)
                if setup.name
                else self.env._("Set up an account")
            )

    @api.depends("company_id")
    def _compute_suggested_name(self):
        for setup in self:
            setup.suggested_name = self.env._("Odoo Receivables")

    # === ACTION METHODS === #

    @api.model
    def action_start(self):
        """Open the set-up whose account was not entered yet, or a new one.

        One that got further has its card in the Overview, which leads back to it.
        """
        self.check_access("create")
        begun = self.search([("connection_id", "=", False)], limit=1, order="id desc")
        return (begun or self.create({}))._open()

    def action_next(self):
        """Keep what this step decides and go to the next one.

        Where NetSuite refuses what the test found to work, the test step is shown again.

        :raise UserError: something is missing that the next step needs.
        """
        self.ensure_one()
        return self._open_after(self._go_on)

    def action_back(self):
        """Go to the step before; nothing that was entered is lost."""
        self.ensure_one()
        self._advance(step=STEPS[max(STEPS.index(self.step) - 1, 0)])
        return self._open()

    def action_make_key_pair(self):
        """Make a key pair; its certificate is uploaded in NetSuite."""
        self.connection_id.action_make_key_pair()
        return self._open()

    def action_download_certificate(self):
        """Offer the public certificate as a file."""
        return self.connection_id.action_download_certificate()

    def action_import(self):
        """Start the first import and show how it goes."""
        self.ensure_one()
        self.connection_id.action_import()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "kolleno_netsuite.netsuite_connection_action_overview"
        ) | {"target": "main"}

    # === BUSINESS METHODS === #

    def _open(self):
        """Return the action that shows this set-up in the place of what is shown."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set Up NetSuite"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
            # Companies that were just created are nobody's choice in the company menu yet.
            "context": {"allowed_company_ids": (self.env.company | self.env.user.company_ids).ids},
        }

    def _go_on(self):
        """Leave this step and enter the next one.

        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        leave = {
            "account": self._leave_account,
            "sign_in": self._leave_sign_in,
            "test": self._leave_test,
            "companies": self._leave_companies,
        }
        leave[self.step]()
        self._advance(step=STEPS[STEPS.index(self.step) + 1])
        self._enter()

    def _enter(self):
        """Do what a step does automatically when it is reached.

        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        if self.step == "test":
            self.action_test()
        elif self.step == "companies":
            self._enter_companies()
        elif self.step == "preview":
            self._preview()

    def _leave_account(self):
        """Make the connection, or keep the one that this set-up has made.

        :raise UserError: the account has a connection already; with a button that opens it, for
            whoever may see it.
        """
        if not self.account:
            raise UserError(self.env._("Enter the account ID, or paste an address of the account."))
        try:
            realm = AccountId.parse(self.account).realm
        except AccountIdError as error:
            raise UserError(str(error)) from error
        values = {"account_id": realm, "name": self.name or realm}
        if self.company_id:
            values["company_id"] = self.company_id.id
        if self.env.user.has_group(SETTINGS_GROUP):
            values["service_url"] = self.service_url
        self._check_not_connected(realm)
        self.name = values["name"]
        if self.connection_id:
            self.connection_id.write(self._differing(self.connection_id, values))
            return
        connection = self.env["netsuite.connection"].create(values)
        # sudo: netsuite.setup - a set-up keeps to the connection that it made
        self.sudo().connection_id = connection

    def _differing(self, connection, values):
        """Return those of `values` that change something: a written credential signs out."""
        record = self.env["netsuite.connection"].new(values)
        return {name: value for name, value in values.items() if connection[name] != record[name]}

    def _check_not_connected(self, realm):
        """Refuse an account that has a connection: nothing of it is shown or changed here.

        :param realm: the account ID in NetSuite's spelling.
        :raise RedirectWarning: says which connection it is, and opens it.
        :raise UserError: the user may not see it, so nothing is told of it.
        """
        # sudo: netsuite.connection - one that the user may not see counts as well
        Connection = self.env["netsuite.connection"].sudo().with_context(active_test=False)
        others = Connection.search(
            [("account_id", "=", realm), ("id", "!=", self.connection_id.id)],
            order="active desc, id",
        )
        # An archived one without documents is nobody's: the account may be set up afresh.
        other = others.filtered(lambda row: row.active or row._has_documents())[:1]
        if not other:
            return
        # Of any company that the user may work in, ticked or not.
        mine = other.with_env(self.env)._in_my_companies()
        if not mine.has_access("read"):
            raise UserError(
                self.env._(
                    "Account %s is connected already, in companies that you may not work in. Ask "
                    "an administrator who may.",
                    realm,
                )
            )
        raise RedirectWarning(
            self._connected_sentence(mine), self._way_to(mine), self.env._("Open It")
        )

    def _connected_sentence(self, connection):
        """Return that the account has `connection`, and what to do there."""
        names = {"account": connection.account_id, "name": connection.name}
        if not connection.active:
            return self.env._(
                "Account %(account)s has an archived connection, %(name)s, whose documents are in "
                "the books. Unarchive it instead of setting the account up again.",
                **names,
            )
        if connection.state in ("draft", "setup"):
            return self.env._(
                "Account %(account)s is already being set up as %(name)s. Continue there.", **names
            )
        return self.env._(
            "Account %(account)s is already connected as %(name)s. An account is connected once; "
            "its settings are changed on that connection.",
            **names,
        )

    @api.model
    def _way_to(self, connection):
        """Return the action that opens `connection`, or its set-up where that is not done."""
        setup = self.search([("connection_id", "=", connection.id)], limit=1)
        if setup and connection.active and connection.state in ("draft", "setup"):
            return setup._open()
        companies = (self.env.company | self.env.user.company_ids).ids
        return {
            **connection.action_open_setup(),
            "views": [(False, "form")],
            "context": {"allowed_company_ids": companies},
        }

    def _leave_sign_in(self):
        # Says itself which of the credentials are missing.
        self.connection_id._client()
