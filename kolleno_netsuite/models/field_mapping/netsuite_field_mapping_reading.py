from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...client.errors import ClientBug, ErrorKind, NetsuiteError
from ...client.suiteql import field_id_fault
from ...mappers.queries.record_sources import RECORD_SOURCES

# What is wrong with the line or the account, not with the field that was asked for.
OTHER_TROUBLE = (
    ErrorKind.AUTH,
    ErrorKind.TRANSIENT,
    ErrorKind.CONCURRENCY,
)


class NetsuiteFieldMapping(models.Model):
    """Asking NetSuite for mapped fields: tests, what it does not know, and what is there."""

    _inherit = "netsuite.field.mapping"

    fill_text = fields.Char(
        compute="_compute_fill_text",
        help=("How far the records that are already mirrored have been filled."),
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "active", "direction")
    def _compute_fill_text(self):
        for mapping in self:
            # New lines, and those that are invalid or go to NetSuite, fill nothing.
            fills = bool(mapping.id and mapping._reads())
            mapping.fill_text = fills and mapping._filling()

    def _filling(self):
        """Return how far the records are read again for this mapping, or False."""
        connection = self.connection_id
        stream = connection.stream_ids.filtered(lambda s: s.record_type == self.record_type)
        if stream.phase != "regular" or stream.cursor_at:
            return False
        line = connection._running_run().line_ids.filtered(
            lambda line: line.record_type == self.record_type
        )
        if not line.total:
            return self.env._("Existing records in Odoo are filled at the next synchronisation.")
        return self.env._(
            "Existing records in Odoo are being filled: %(done)s of %(total)s read.",
            done=line.landed,
            total=line.total,
        )

    # === ACTION METHODS === #

    def action_test(self):
        """Ask NetSuite for each of these fields; what it knows is valid again and filled.

        :raise UserError: NetSuite cannot be asked now.
        """
        self.check_access("write")
        refused = self.browse()
        for connection, mappings in self.grouped("connection_id").items():
            # sudo: netsuite.mapping - the administrator starts the test; the sync writes what it
            # finds
            refused |= mappings.sudo()._test(connection.sudo())
        good = self - refused
        if refused:
            message = " ".join(
                self.env._("%(field)s: %(reason)s", field=each.display_name, reason=each.reason)
                for each in refused
            )
        else:
            message = self.env._("NetSuite knows %s.", ", ".join(good.mapped("display_name")))
        return self.connection_id[:1]._notification(message, "warning" if refused else "success")

    # === BUSINESS METHODS - TEST === #

    def _test(self, connection):
        """Ask NetSuite for each of these fields alone; return those that it refuses."""
        client = connection._client()
        refused = self.browse()
        for mapping in self:
            try:
                mapping._ask(client)
            except NetsuiteError as error:
                if error.kind in OTHER_TROUBLE:
                    connection._store_calls(client)
                    raise UserError(connection._error_text(error)) from error
                mapping._invalidate(error)
                refused |= mapping
        connection._store_calls(client)
        good = self - refused
        good._advance("valid", reason=False)
        self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", connection.id),
                ("kind", "=", "column"),
                ("state", "!=", "solved"),
                ("key", "in", [key for mapping in good for key in mapping._column_keys()]),
            ]
        )._solve()
        good._fill()
        return refused

    def _ask(self, client):
        """Ask NetSuite for this field of one record.

        :raise NetsuiteError: it does not know the field, or cannot be asked.
        """
        self.env["netsuite.fetch"]._probe(
            self.connection_id, client, self.record_type, self._alias(), self._expression()
        )

    # === BUSINESS METHODS - WHAT NETSUITE DOES NOT KNOW === #

    def _lose(self, stream, columns, error):
        """Mark the mappings invalid whose column NetSuite refused; others go on.

        :param columns: names of columns or aliases that `stream` is read without from now on.
        """
        for mapping in self._reading(stream.connection_id, [stream.record_type]):
            for name in {mapping._alias(), mapping.field_name.lower()} & set(columns):
                mapping._invalidate(error, name)

    @api.model
    def _refuse_unaskable(self, connection, record_types):
        """Mark the mappings invalid whose field no query can name; others go on.

        Their field IDs were stored before they were checked, or by other means than a form.
        """
        for mapping in self._reading(connection, record_types):
            if field_id_fault(mapping.field_name):
                detail = f"{mapping.field_name} cannot stand in a query"
                mapping._invalidate(ClientBug("BAD_IDENTIFIER", detail=detail))

    def _invalidate(self, error, name=None):
        """Stop reading this field, and say so once.

        :param name: the name under which `netsuite.fetch` lists what it does without.
        """
        reason = self.connection_id._field_id_sentence(self.field_name)
        if not reason and error.code in ("UNKNOWN_COLUMN", "INVALID_PARAMETER"):
            reason = self.env._("NetSuite does not know this field, or the role may not see it.")
        elif not reason:
            reason = self.connection_id._error_sentences(error)[0]
        self._advance("invalid", reason=reason)
        self.env["netsuite.issue"]._touch(
            self.connection_id,
            "column",
            f"column:{self.record_type}:{name or self.field_name.lower()}",
            self.env._(
                "The mapped field %(field)s of %(type)s cannot be read from NetSuite",
                field=self.display_name,
                type=self.env["netsuite.record"]._record_type_labels()[self.record_type],
            ),
            self.env._(
                "Everything else goes on. Check the field ID and that Store Value is ticked in "
                "NetSuite, then press Test Again on the mapping; or archive the mapping."
            ),
            severity="1",
            detail=str(error),
        )

    def _column_keys(self):
        """Return the keys under which `netsuite.fetch` lists a column that it does without."""
        self.ensure_one()
        names = dict.fromkeys((self.field_name.lower(), self._alias()))
        return [f"column:{self.record_type}:{name}" for name in names]

    # === BUSINESS METHODS - WHAT IS THERE ALREADY === #

    def _fill(self):
        """Bring the values of what is mirrored already, in the background.

        What was read before is booked over from what is stored; a column that nobody asked
        for yet is read again for all records.
        """
        for mapping in self._reads():
            # sudo: netsuite.stream, netsuite.record - mapping a field starts the sync's work
            stream = mapping.sudo().connection_id.stream_ids.filtered(
                lambda stream, wanted=mapping.record_type: stream.record_type == wanted
            )
            mapping.sudo()._book_again()
            begun = stream.phase != "open" or stream.cursor_id
            if begun and mapping._alias() not in RECORD_SOURCES[mapping.record_type].columns:
                stream._read_again([mapping._alias(), mapping.field_name.lower()])

    def _book_again(self):
        """Book those records over in whose payload the value stands already."""
        self.env["netsuite.record"]._requeue_where(
            self.connection_id,
            ("booked",),
            SQL("record_type = %s AND payload->'row' ? %s", self.record_type, self._alias()),
        )
