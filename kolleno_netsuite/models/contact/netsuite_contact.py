from typing import Any, NamedTuple

import psycopg2.errors
from odoo import api, fields, models
from odoo.tools import SQL

from ...client.ui_links import ui_url
from ...mappers.overwrite import overwritten
from ..record.sync_note import replaced_sentences


class Wanted(NamedTuple):
    """One person as NetSuite has it.

    :param customer: partner of the customer, in the company that the person is for.
    :param values: fields of the person's partner, fit for JSON.
    :param contact: fields of `netsuite.contact`.
    """

    customer: Any
    values: dict
    contact: dict


class NetsuiteContact(models.Model):
    """One source of a contact person: a contact record, or an address in an e-mail field.

    The key says which: a contact record attached to two customers is two persons, and so is one
    address in two fields. Partners that were merged in Odoo keep all their keys, so that none
    of them is made anew. Where each company has its own partner of a customer, each of these has
    its own people, under the same keys. When NetSuite merges customers, their people follow and
    stay who they are.
    """

    _name = "netsuite.contact"
    _description = "NetSuite Contact"
    _order = "customer_id, partner_id, id"
    _rec_name = "partner_id"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    netsuite_source_id = fields.Char(
        string="Source ID",
        required=True,
        help="netsuite_contact_{customer}_{contact} or "
        "netsuite_person_{customer}_{record type}_{field}_{address}.",
    )
    source = fields.Selection(
        [
            ("record", "Contact record"),
            ("customer", "Customer field"),
            ("invoice", "Invoice field"),
        ],
        required=True,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(related="partner_id.name", string="Contact")
    customer_id = fields.Many2one(
        "res.partner",
        string="Customer",
        related="partner_id.parent_id",
        store=True,
        index="btree_not_null",
    )
    sibling_company_id = fields.Many2one(
        "res.company",
        string="Own Company",
        readonly=True,
        ondelete="cascade",
        help="Company whose own partner of the customer this person belongs to; empty for the "
        "partner that all companies share, and for the first of several.",
    )
    customer_internal_id = fields.Integer(string="Customer's Internal ID", aggregator=None)
    record_id = fields.Many2one(
        "netsuite.record",
        string="NetSuite Record",
        index="btree_not_null",
        ondelete="set null",
        help="The contact record, or the customer whose field holds the address.",
    )
    rule_id = fields.Many2one(
        "netsuite.contact.field", string="E-mail Field", index="btree_not_null", ondelete="set null"
    )
    field_id = fields.Char(string="Field ID")
    field_label = fields.Char(compute="_compute_field_label", store=True)
    position = fields.Char(
        help="The contact's role at this customer, or what the field stands for."
    )
    netsuite_inactive = fields.Boolean(
        string="Inactive in NetSuite",
        help="Inactive, deleted or no longer attached there; the contact is archived here.",
    )
    synchronised = fields.Boolean(
        compute="_compute_synchronised",
        compute_sudo=True,
        help="Off when this source was switched off on the connection: then nothing on it changes.",
    )
    booked_values = fields.Json(
        groups="kolleno_netsuite.group_netsuite_accountant",
        help="What NetSuite had when it was last booked: only what changed since is written.",
    )
    email = fields.Char(related="partner_id.email")
    email_valid = fields.Boolean(compute="_compute_email_valid", compute_sudo=True)
    partner_active = fields.Boolean(related="partner_id.active", string="Active in Odoo")
    company_id = fields.Many2one(related="partner_id.company_id")
    move_ids = fields.Many2many(
        "account.move", "netsuite_contact_move_rel", "contact_id", "move_id", string="Invoices"
    )
    invoice_count = fields.Integer(
        compute="_compute_invoice_count", string="Linked Invoices", aggregator=None
    )
    is_lookalike = fields.Boolean(
        string="Possible Duplicate",
        compute="_compute_is_lookalike",
        search="_search_is_lookalike",
        help="Another contact of the customer has the same e-mail address. That is intended: "
        "each NetSuite field stands for its own role.",
    )

    _source_unique = models.UniqueIndex(
        "(connection_id, netsuite_source_id, COALESCE(sibling_company_id, 0))",
        "This NetSuite contact is here already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("field_id", "rule_id.label")
    def _compute_field_label(self):
        for contact in self:
            contact.field_label = contact.rule_id.label or contact.field_id

    @api.depends(
        *("source", "rule_id.active"),
        *("connection_id.sync_contacts", "connection_id.import_customer_contacts"),
    )
    def _compute_synchronised(self):
        for contact in self:
            connection = contact.connection_id
            contact.synchronised = {
                "record": connection.sync_contacts,
                "customer": connection.import_customer_contacts and bool(contact.rule_id.active),
                "invoice": bool(contact.rule_id.active),
            }[contact.source]

    @api.depends("partner_id.email_normalized")
    def _compute_email_valid(self):
        for contact in self:
            contact.email_valid = bool(contact.partner_id.email_normalized)

    @api.depends("move_ids")
    def _compute_invoice_count(self):
        # Counted in SQL: one address can stand on every invoice of a customer.
        counts = dict(
            self.env.execute_query(
                SQL(
                    """SELECT contact_id, COUNT(*) FROM netsuite_contact_move_rel
                       WHERE contact_id IN %s GROUP BY contact_id""",
                    tuple(self.ids or (0,)),
                )
            )
        )
        for contact in self:
            contact.invoice_count = counts.get(contact.id, 0)

    @api.depends("partner_id.email_normalized", "customer_id")
    def _compute_is_lookalike(self):
        alike = self.search([("id", "in", self.ids), ("is_lookalike", "=", True)])
        for contact in self:
            contact.is_lookalike = contact in alike

    def _search_is_lookalike(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.flush_model(["partner_id", "customer_id"])
        self.env["res.partner"].flush_model(["email_normalized", "active"])
        # One statement: the ORM cannot compare the rows of a table with each other.
        alike = SQL(
            """(SELECT c.id FROM netsuite_contact c JOIN res_partner p ON p.id = c.partner_id
                WHERE p.active AND EXISTS (
                    SELECT FROM netsuite_contact o JOIN res_partner q ON q.id = o.partner_id
                    WHERE o.connection_id = c.connection_id AND o.customer_id = c.customer_id
                      AND o.partner_id <> c.partner_id AND q.active
                      AND q.email_normalized = p.email_normalized))"""
        )
        return [("id", "in" if True in value else "not in", alike)]

    # === ACTION METHODS === #

    def action_open_invoices(self):
        """Open the invoices that these contacts are linked to."""
        return self._invoices_action(self.move_ids)

    def action_open_in_netsuite(self):
        """Open the contact or the customer in NetSuite's own pages."""
        self.ensure_one()
        # sudo: netsuite.connection, netsuite.record - only the link is read; users who see the
        # contact may follow it
        connection = self.connection_id.sudo()
        record = self.record_id.sudo()
        url = ui_url(
            connection._service_urls(),
            record.record_type or "customer",
            record.internal_id or self.customer_internal_id,
        )
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    @api.model
    def _invoices_action(self, moves):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Linked Invoices"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", moves.ids)],
            "context": {"create": False},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _mirror(self, connection, wanted):
        """Make the persons that are missing, write what NetSuite changed on the others.

        :param wanted: {key as `_key` returns it: `Wanted`}.
        :return: {key: its `netsuite.contact`}.
        """
        found = self._by_key(connection, wanted)
        found.update(self._move_merged(connection, wanted, wanted.keys() - found.keys()))
        new = {key: each for key, each in wanted.items() if key not in found}
        for key, contact in found.items():
            contact._write_changes(wanted[key])
        found.update(self._create_missing(connection, new))
        contacts = self.union(*found.values())
        contacts._return()
        contacts._put_name_tags()
        return found

    def _key(self):
        """Return what tells this row apart: the source, and the company whose customer it is."""
        self.ensure_one()
        return self.netsuite_source_id, self.sibling_company_id.id or 0

    @api.model
    def _by_key(self, connection, keys):
        """Return {key: contact} of those of `keys` that are here."""
        contacts = self.search(
            [
                ("connection_id", "=", connection.id),
                ("netsuite_source_id", "in", [source_id for source_id, _company in keys]),
            ]
        )
        return {contact._key(): contact for contact in contacts if contact._key() in keys}

    def _write_changes(self, wanted):
        """Write on the person what NetSuite changed; what a user corrected stays until then."""
        known = self.booked_values or {}
        partner = self.partner_id
        changes = {
            name: value
            for name, value in wanted.values.items()
            if value != known.get(name) and partner[name] != value
        }
        if changes:
            replaced = replaced_sentences(partner, changes, known)
            partner.write(changes)
            self._tell(partner, self.env._("Changed in NetSuite."), replaced)
        own = {name: value for name, value in wanted.contact.items() if _id(self[name]) != value}
        if known != wanted.values:
            own["booked_values"] = wanted.values
        if own:
            self.write(own)

    @api.model
    def _create_missing(self, connection, wanted):
        """Return {key: its new `netsuite.contact`}, each with its partner.

        :raise SerializationFailure: another process made one of them first; the caller
            does the whole unit again and finds it.
        """
        partners = self._adopt(wanted)
        missing = [key for key in wanted if key not in partners]
        made = self.env["res.partner"].create(
            [
                {
                    **wanted[key].values,
                    "type": "contact",
                    "parent_id": wanted[key].customer.id,
                    "company_id": wanted[key].customer.company_id.id,
                }
                for key in missing
            ]
        )
        partners.update(zip(missing, made, strict=True))
        values = [
            {
                **each.contact,
                "connection_id": connection.id,
                "netsuite_source_id": key[0],
                "sibling_company_id": key[1],
                "partner_id": partners[key].id,
                "booked_values": each.values,
            }
            for key, each in wanted.items()
        ]
        try:
            contacts = self.create(values)
        except psycopg2.errors.UniqueViolation as error:
            raise psycopg2.errors.SerializationFailure(str(error)) from error
        return dict(zip(wanted, contacts, strict=True))

    @api.model
    def _adopt(self, wanted):
        """Return {key: a partner that someone made by hand for the same person}.

        It has the same customer, name and address, and no source of its own yet.
        """
        customers = self.env["res.partner"].union(*(each.customer for each in wanted.values()))
        by_hand = {}
        for partner in customers.child_ids.filtered(
            lambda child: child.type == "contact" and child.email and not child.netsuite_contact_ids
        ):
            by_hand.setdefault((partner.parent_id, partner.name, partner.email), partner)
        adopted = {}
        for key, each in wanted.items():
            who = (each.customer, each.values["name"], each.values["email"])
            if who in by_hand:
                adopted[key] = by_hand.pop(who)
        return adopted

    def _give_up_own_words(self):
        """Let NetSuite decide again whether these people are active and what they are called."""
        for contact in self:
            contact.booked_values = overwritten(contact.booked_values)
        kept = self.partner_id.filtered("netsuite_kept_archived")
        kept.netsuite_kept_archived = False
        # Booked again as active ones, they come back.
        self.filtered(lambda contact: contact.partner_id in kept).netsuite_inactive = True

    def _put_name_tags(self):
        """Tag contacts with their position, so that lists and mailings can be narrowed by it."""
        partners = self.partner_id
        positions = {partner.netsuite_position for partner in partners} - {False}
        if not positions:
            return
        Tag = self.env["res.partner.category"]
        tags = {tag.name: tag for tag in Tag.search([("name", "in", list(positions))])}
        for name in sorted(positions - set(tags)):
            tags[name] = Tag.create({"name": name})
        for partner in partners.filtered("netsuite_position"):
            tag = tags[partner.netsuite_position]
            if partner.netsuite_tag_id != tag:
                links = [(3, partner.netsuite_tag_id.id)] if partner.netsuite_tag_id else []
                partner.write({"category_id": [*links, (4, tag.id)], "netsuite_tag_id": tag.id})

    @api.model
    def _move_merged(self, connection, wanted, missing):
        """Give people of merged customers to the customer that NetSuite has instead.

        Their partners move with all that was written to and about them, and get the new key.

        :param wanted: {key: `Wanted`}.
        :param missing: those of its keys that nobody has yet.
        :return: {key: the `netsuite.contact` that has it now}.
        """
        former = self._former_keys(connection, wanted, missing)
        moved = {}
        for old_key, contact in (self._by_key(connection, former) if former else {}).items():
            if former[old_key] in moved:
                # Both customers had this person: one stays with the old customer.
                continue
            moved[former[old_key]] = contact
            contact._move_to(wanted[former[old_key]].customer, former[old_key][0])
        return moved

    def _former_keys(self, connection, wanted, missing):
        """Return {key that a missing person had at a customer merged since: its key now}."""
        customers = {wanted[key].contact["customer_internal_id"] for key in missing}
        merged = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", "customer"),
                ("merged_into_id.internal_id", "in", list(customers)),
            ]
        )
        former = {}
        for key in missing:
            source_id, company = key
            heir = wanted[key].contact["customer_internal_id"]
            for record in merged.filtered(
                lambda r, heir=heir: r.merged_into_id.internal_id == heir
            ):
                # The customer is the first number of each key.
                old = source_id.replace(f"_{heir}_", f"_{record.internal_id}_", 1)
                former[(old, company)] = key
        return former

    def _move_to(self, customer, source_id):
        """Make this person one of `customer`, unless it was given to another by hand."""
        old = self.customer_id
        self.netsuite_source_id = source_id
        if self.partner_id.parent_id != old or old == customer:
            return
        self.partner_id.write({"parent_id": customer.id, "company_id": customer.company_id.id})
        self._tell(
            self.partner_id,
            self.env._(
                "NetSuite merged %(old)s into %(new)s; this contact moved along.",
                old=old.name,
                new=customer.name,
            ),
        )


def _id(value):
    """Return the id of a record, any other value as it is."""
    return value.id if isinstance(value, models.BaseModel) else value
