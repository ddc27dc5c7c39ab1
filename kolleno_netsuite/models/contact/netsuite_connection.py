import itertools

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ...client.suiteql import Query, rows
from ...const import PAGE_SIZE, SYNC_CONTEXT
from ...mappers.queries.record_sources import RECORD_SOURCES
from ..removal.removal import Removal
from ..sync.netsuite_connection_driving import Work
from ..sync.netsuite_connection_steps import Step

TABLE = "companycontactrelationship"


class NetsuiteConnection(models.Model):
    """Where contacts come from, and to whom invoices are mailed.

    The daily check finds contacts that were attached or detached without being touched: whether
    that moves a contact's date in NetSuite is documented nowhere.
    """

    _inherit = "netsuite.connection"

    # === FIELDS: SETTINGS === #

    sync_contacts = fields.Boolean(
        string="Contact Records",
        default=True,
        help="NetSuite's contact records become contacts of their customers. If this is off, "
        "they are no longer read and those that are here stay as they are. On by default.",
    )
    contacts_off_at = fields.Datetime(
        readonly=True, copy=False, help="When contact records were switched off."
    )
    import_inactive_contacts = fields.Boolean(
        string="Inactive Contacts",
        help="Contacts that were already inactive when they were first read are imported too, "
        "archived. Off by default.",
    )
    import_customer_contacts = fields.Boolean(
        string="Contacts from the Customer's Own Fields",
        help="The e-mail fields of the customer record itself become contacts. Off by default.",
    )
    customer_contact_name = fields.Selection(
        [("customer", "Customer's name"), ("attention", "Attention line of the address")],
        string="Name of These Contacts",
        default="customer",
        required=True,
        help="Uses the attention line of the billing address; where it is empty, the "
        "customer's name.",
    )
    contact_field_ids = fields.One2many("netsuite.contact.field", "connection_id")
    unused_invoice_contacts = fields.Selection(
        [("keep", "Keep"), ("archive", "Archive")],
        string="Contacts That No Longer Appear on an Invoice",
        default="keep",
        required=True,
        help="What happens to a contact of an invoice field once the last invoice names "
        "someone else.",
    )
    invoice_recipients = fields.Selection(
        [
            ("customer", "As Odoo does"),
            ("contacts", "Contacts of the invoice"),
            ("both", "Both"),
        ],
        string="Mail Invoices To",
        default="customer",
        required=True,
        help="Recipients that Odoo proposes when an invoice from NetSuite is e-mailed. An "
        "invoice without contacts goes where Odoo sends it. Each address gets one "
        "message. By default, as Odoo does.",
    )
    invoice_recipient_position = fields.Char(
        string="Only Position",
        help="Only contacts of the invoice with this position are proposed, or with one of several "
        "positions with commas between them; all when empty.",
    )

    # === CRUD METHODS === #

    def _created(self, vals):
        super()._created(vals)
        if not self.sync_contacts:
            self._switch_contacts_off()
        if self.import_customer_contacts:
            self._read_customer_fields()

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if "sync_contacts" in before:
            if self.sync_contacts:
                self._switch_contacts_on()
            else:
                self._switch_contacts_off()
        wanted = {"import_customer_contacts", "customer_contact_name"} & set(before)
        if wanted and self.import_customer_contacts:
            self._read_customer_fields()

    # === ACTION METHODS === #

    def action_clean_up_contacts(self):
        """Open the wizard that archives contacts of switched-off sources."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contacts That Are No Longer Synchronised"),
            "res_model": "netsuite.contact.cleanup",
            "view_mode": "form",
            "target": "new",
            "context": {"default_connection_id": self.id},
        }

    # === BUSINESS METHODS - CONTACT RECORDS === #

    def _contact_stream(self):
        """Return the streams of contact records, also while they are switched off."""
        return self.with_context(active_test=False).stream_ids.filtered(
            lambda stream: stream.record_type == "contact"
        )

    def _switch_contacts_off(self):
        """Ask NetSuite no more about contact records; whatever is here stays."""
        self.contacts_off_at = fields.Datetime.now()
        # sudo: netsuite.stream - changing the connection needs no right on them
        self.sudo()._contact_stream().active = False

    def _switch_contacts_on(self):
        """Go on reading contact records where they were left, so that no change is missed."""
        # sudo: netsuite.stream - changing the connection needs no right on them
        for connection in self.sudo():
            stream = connection._contact_stream()
            moments = [each for each in (stream.cursor_at, connection.contacts_off_at) if each]
            stream.write(
                {
                    "active": True,
                    "cursor_at": min(moments) if stream.cursor_at else False,
                    "window_until": False,
                    "cursor_id": 0,
                    "next_read_at": fields.Datetime.now(),
                }
            )
            connection.contacts_off_at = False
            contacts = connection.env["netsuite.booking.contact"].with_context(**SYNC_CONTEXT)
            contacts._catch_up(connection)
            connection._trigger_cron("fetch")
            connection._trigger_cron("book")

    def _booking_order(self):
        domains = super()._booking_order()
        if self and not self.sync_contacts:
            domains = [
                domain for domain in domains if ("record_type", "=", "contact") not in domain
            ]
        return domains

    def _check_ready(self, records):
        contacts = records.filtered(lambda record: record.record_type == "contact")
        if contacts and not self.sync_contacts:
            raise UserError(
                self.env._(
                    "Contact records of %s are switched off. Switch them on in the connection's "
                    "settings first.",
                    self.name,
                )
            )
        return super()._check_ready(records)

    # === BUSINESS METHODS - E-MAIL FIELDS === #

    def _contact_rules(self, record_type):
        """Return the e-mail fields that make contacts of a record type, customer or invoice."""
        rules = self.contact_field_ids.filtered(
            lambda rule: rule.active and rule.record_type == record_type
        )
        off = record_type == "customer" and not self.import_customer_contacts
        return rules.browse() if off else rules

    def _read_customer_fields(self):
        """Start with the customers' own e-mail field, and book the contacts of all customers."""
        for connection in self:
            rules = connection.contact_field_ids.filtered(lambda r: r.record_type == "customer")
            if not rules:
                rules = rules.create(
                    {
                        "connection_id": connection.id,
                        "record_type": "customer",
                        "field_id": "email",
                        "label": connection.env._("Email"),
                    }
                )
            rules._take_effect()

    def _contact_fields_changed(self, record_type, columns):
        """Read columns that were not read before, and book again whatever holds one.

        :param columns: NetSuite's names of fields of `record_type`.
        """
        self.ensure_one()
        if record_type == "customer" and not self.import_customer_contacts:
            return
        extra = [name for name in columns if name not in RECORD_SOURCES[record_type].columns]
        # sudo: netsuite.stream, netsuite.record - changing the settings starts the sync's work
        connection = self.sudo()
        streams = connection.stream_ids.filtered(lambda s: s.record_type == record_type)
        if extra:
            streams._read_again(extra)
        connection.env["netsuite.record"]._requeue_where(
            connection,
            ("booked",),
            SQL("record_type = %s AND payload->'row' ?| %s", record_type, list(columns)),
        )

    # === WORKS === #

    @api.model
    def _works(self):
        work = Work(self.env._("Reading the customers of contacts"), cron="daily")
        return {**super()._works(), "relationships": work}

    # === DRIVERS === #

    def _daily_steps(self):
        return [*super()._daily_steps(), Step(10, self._drive_relationships)]

    def _drive_relationships(self):
        """Read contacts again that were attached or detached since they were read."""
        self.ensure_one()
        stream = self._contact_stream()
        shown = not (self._shape().lacks(TABLE) or self._shape().lacks("contact"))
        if stream.active and stream.phase == "regular" and shown:
            client = self._client()
            self._commit_asking("relationships", self._compare_relationships, client, client=client)

    # === UNITS === #

    def _compare_relationships(self, client):
        """Read contacts again whose customers are others than when they were read last.

        One call for each thousand relationships, and one for each thousand contacts that differ.

        :return: internal ids of the contacts that were read again.
        """
        self.ensure_one()
        query = Query(TABLE, "r").select("r.contact", "r.company").keyset("contact", "company")
        seen, changed = set(), []
        # The rows come in order and are many: grouped as they arrive, unlike by Odoo's own.
        by_contact = itertools.groupby(  # pylint: disable=bad-builtin-groupby
            rows(client.transport, query), key=lambda row: int(row["contact"])
        )
        found = ((contact, {int(row["company"]) for row in group}) for contact, group in by_contact)
        for batch in split_every(PAGE_SIZE, found):
            companies = dict(batch)
            seen.update(companies)
            changed += self._related_otherwise(companies)
        alone = self._related_before(seen)
        # Nothing at all, or many at once: a role lost its sight of them. That proves nothing.
        if seen and len(alone) <= Removal(self).most_at_once("contact"):
            changed += alone
        for ids in split_every(PAGE_SIZE, changed):
            self.env["netsuite.fetch"]._reread(self, client, "contact", ids)
        return changed

    def _related_otherwise(self, companies):
        """Return the contacts whose stored customers are not these.

        :param companies: {contact: its customers}, internal ids; contacts never read are left out.
        """
        records = self.env["netsuite.record"].search_fetch(
            [
                ("connection_id", "=", self.id),
                ("record_type", "=", "contact"),
                ("internal_id", "in", list(companies)),
                ("state", "!=", "removed"),
            ],
            ["internal_id", "payload"],
        )
        return [
            record.internal_id
            for record in records
            if {int(row["company"]) for row in record.payload.get("companies") or ()}
            != companies[record.internal_id]
        ]

    def _related_before(self, seen):
        """Return the contacts that had customers when they were read and have none now."""
        # One statement: the ORM would read the payloads of all contacts.
        found = self.env.execute_query(
            SQL(
                """SELECT internal_id FROM netsuite_record
                   WHERE connection_id = %s AND record_type = 'contact' AND state <> 'removed'
                     AND jsonb_array_length(payload->'companies') > 0
                     AND internal_id <> ALL(%s) ORDER BY internal_id""",
                self.id,
                sorted(seen),
            )
        )
        return [internal_id for (internal_id,) in found]
