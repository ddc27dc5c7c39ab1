import logging

from odoo import api, fields, models
from odoo.tools import config

from ...client.identity import Identity, KeyFile, changes, normal_address
from ...const import SETTINGS_GROUP
from ...exceptions import DatabaseMoved

_logger = logging.getLogger(__name__)

# Addresses that one database is known by, the latest last: an internal name, one for outside, …
MOST_ADDRESSES = 10


class NetsuiteConnection(models.Model):
    """What tells the connected database from a copy: one that may be a copy sends nothing.

    It is compared each time, never remembered: a copy is recognised before its first call, and what
    is as it was again goes on without anybody.
    """

    _inherit = "netsuite.connection"

    # === FIELDS: THE DATABASE THAT WAS CONNECTED === #

    database_key = fields.Char(
        readonly=True,
        copy=False,
        exportable=False,
        groups=SETTINGS_GROUP,
        help="Fingerprint of the key file in the filestore; the key itself is not in the database.",
    )
    database_name = fields.Char(readonly=True, copy=False, groups=SETTINGS_GROUP)
    database_uuid = fields.Char(
        string="Database ID",
        readonly=True,
        copy=False,
        groups=SETTINGS_GROUP,
        help="Odoo's own ID of the database that was connected.",
    )
    database_addresses = fields.Json(
        readonly=True,
        copy=False,
        groups=SETTINGS_GROUP,
        help="Addresses that this Odoo is reached at, as far as administrators confirmed them.",
    )
    moved_text = fields.Text(
        string="Original or Copy",
        compute="_compute_moved_text",
        help="What has changed since the database was connected to NetSuite.",
    )
    identity_text = fields.Text(
        string="Database",
        compute="_compute_identity_text",
        groups=SETTINGS_GROUP,
        help="What this database is recognised by. A copy differs in at least one of these, and "
        "cannot speak to NetSuite before an administrator says so.",
    )

    # === COMPUTE METHODS === #

    @api.depends("database_key", "database_name", "database_uuid", "database_addresses")
    def _compute_moved_text(self):
        for connection in self:
            connection.moved_text = "\n".join(connection._moved_sentences())

    @api.depends("database_key", "database_name", "database_uuid", "database_addresses")
    def _compute_identity_text(self):
        for connection in self:
            connection.identity_text = connection._identity_words()

    # === CRUD METHODS === #

    def _created(self, vals):
        super()._created(vals)
        self._take_identity()

    # === BUSINESS METHODS === #

    @api.model
    def _key_file(self):
        return KeyFile(config.filestore(self.env.cr.dbname))

    @api.model
    def _identity_now(self):
        """Return the `client.identity.Identity` of this database as it is now."""
        # sudo: ir.config_parameter - the sync runs for users who may not read it
        Parameter = self.env["ir.config_parameter"].sudo()
        return Identity(
            self._key_file().fingerprint(),
            self.env.cr.dbname,
            Parameter.get_param("database.uuid") or "",
            normal_address(Parameter.get_param("web.base.url") or ""),
        )

    def _identity_changes(self):
        """Return what tells this database from the one that was connected.

        :return: names of parts of `client.identity.Identity`; empty while nothing does.
        """
        self.ensure_one()
        # sudo: netsuite.connection - whoever looks at the connection may know that it stands still
        known = self._origin.sudo()
        parts = known.database_key, known.database_name, known.database_uuid
        return changes(
            Identity(*(part or "" for part in parts), address=""),
            known.database_addresses or (),
            self._identity_now(),
        )

    def _is_moved(self):
        """Tell whether this database is not for certain the one that was connected."""
        return bool(self._identity_changes())

    def _check_identity(self):
        """Refuse to speak to NetSuite for a database that may be a copy.

        :raise DatabaseMoved: with what changed, and what to do.
        """
        sentences = self._moved_sentences()
        if sentences:
            raise DatabaseMoved("\n".join(sentences))

    def _take_identity(self, anew=False):
        """Recognise this database from now on by what it is now.

        :param anew: with a key of its own, and without the addresses that it was known by before.
        """
        key = self._make_key(anew) if self else ""
        now = self._identity_now()
        # sudo: netsuite.connection - only the program writes what a database is recognised by
        for connection in self.sudo():
            known = [] if anew else connection.database_addresses or []
            others = [address for address in known if address != now.address]
            connection.write(
                {
                    "database_key": key,
                    "database_name": now.name,
                    "database_uuid": now.uuid,
                    "database_addresses": [*others, now.address][-MOST_ADDRESSES:],
                }
            )

    @api.model
    def _make_key(self, anew):
        """Return the fingerprint of this database's key file, which is written where it has none.

        Empty where no move would carry a file along, or none can be written: then the other parts
        alone tell.

        :param anew: write another one in any case.
        """
        if self.env["ir.attachment"]._storage() != "file":
            return ""
        file = self._key_file()
        try:
            return file.renew() if anew else file.make()
        except OSError as error:
            _logger.warning("NetSuite: no key file could be written: %s", error)
            return ""

    # === BUSINESS METHODS - WORDS === #

    def _moved_sentences(self):
        """Return what tells this database from the connected one, and what to do; empty if nothing.

        :return: a headline, one sentence for each change, and the advice.
        """
        changed = self._identity_changes()
        if not changed:
            return []
        words = self._change_words()
        return [
            self.env._(
                "This database may be a copy of the one that was connected to NetSuite. Nothing is "
                "sent to NetSuite until an administrator says which one it is."
            ),
            *(words[name] for name in changed),
            self.env._(
                "Was it moved, renamed or restored, or is it reached at another address? Then "
                "press This Is the Original. Does another Odoo go on with this NetSuite account? "
                "Then press This Is a Copy: the sign-in is removed here."
            ),
        ]

    def _change_words(self):
        """Return {part of `client.identity.Identity`: a sentence that says how it changed}."""
        # sudo: netsuite.connection - as in `_identity_changes`
        known, now = self._origin.sudo(), self._identity_now()
        path, nothing = str(self._key_file().path), self.env._("none")
        return {
            "key": self.env._("The key file %s belongs to another database.", path)
            if now.key
            else self.env._("The key file %s is missing or cannot be read.", path),
            "name": self.env._(
                "Name of the database: %(before)s before, %(now)s now.",
                before=known.database_name,
                now=now.name,
            ),
            "uuid": self.env._(
                "ID of the database: %(before)s before, %(now)s now.",
                before=known.database_uuid,
                now=now.uuid or nothing,
            ),
            "address": self.env._(
                "Address of this Odoo: %(before)s before, %(now)s now.",
                before=", ".join(known.database_addresses or ()),
                now=now.address or nothing,
            ),
        }

    def _identity_words(self):
        """Return what this database is recognised by, in words; empty when that is not known."""
        known = self._origin.sudo()  # sudo: netsuite.connection - the field is restricted itself
        if not known.database_uuid:
            return ""
        path = str(self._key_file().path)
        sentences = [
            self.env._(
                "Name %(name)s, ID %(uuid)s, address %(addresses)s.",
                name=known.database_name or self.env._("not known"),
                uuid=known.database_uuid,
                addresses=", ".join(known.database_addresses or [self.env._("not known")]),
            ),
            self.env._("Key file %s: keep it when you move the filestore.", path)
            if known.database_key
            else self.env._(
                "No key file: attachments are kept elsewhere than in the filestore, or %s could "
                "not be written.",
                path,
            ),
        ]
        return "\n".join(sentences)
