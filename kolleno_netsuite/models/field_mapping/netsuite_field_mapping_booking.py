from collections import defaultdict

from odoo import models
from odoo.tools import SQL, plaintext2html

from ...client.clock import zone_named
from ...mappers.fields import ConversionError, convert, shown, stored
from ..booking.booking_context import MIRROR_CONTEXT
from ..booking.netsuite_booking import SYNC_CONTEXT
from ..connection.failure import failure_of
from ..connection.isolation import isolate
from .field_target import TARGETS

# Savepoints for finding the records that Odoo refuses a value of, beside those of the chunk
# itself, and for finding the values of these records.
FIELD_SAVEPOINTS = 20
# What a text can be that no conversion foresaw, as a number too large for any field.
ODD_VALUES = (ConversionError, ValueError, ArithmeticError)


class NetsuiteFieldMapping(models.Model):
    """Writing mapped values: only what NetSuite changed, and never at a record's cost."""

    _inherit = "netsuite.field.mapping"

    # === BUSINESS METHODS === #

    def _apply(self, records):
        """Write the mapped values of records that were just booked; never commits.

        A value that does not fit flags its mapping and leaves the record as it is. A field that
        is mapped for the first time takes NetSuite's value when there is one; later only a
        value that changed in NetSuite is written, so that a user's own stays.

        :param records: booked `netsuite.record` rows of one connection and one record type.
        """
        if not records or records[0].record_type not in TARGETS:
            return
        mappings = self._reading(records.connection_id, records[0].record_type)
        if not mappings:
            return
        mappings = mappings.with_env(records.env)
        mappings._check_targets()
        batch = Batch(records, mappings._reads())
        batch.write()
        mappings._note_problems(batch)

    def _check_targets(self):
        """Mark the mappings invalid whose Odoo field is gone or no longer free."""
        for mapping in self.filtered(lambda mapping: mapping.destination == "field"):
            sentence = mapping._unfit_sentence()
            if not sentence:
                continue
            mapping._advance("invalid", reason=sentence)
            self.env["netsuite.issue"]._touch(
                mapping.connection_id,
                "field",
                mapping._issue_key(),
                self.env._("The mapped field %s can no longer be filled", mapping.display_name),
                self.env._("Choose another Odoo field on the mapping, or archive it."),
                severity="1",
                detail=sentence,
            )

    def _odoo_value(self, field, value):
        """Return a converted value as an Odoo field takes it.

        :param field: `odoo.fields.Field`.
        :raise ConversionError: the field cannot hold it.
        """
        if field.type == "boolean":
            return bool(value)
        if value is None:
            return False
        if field.type in ("float", "monetary"):
            return float(value)
        if field.type == "integer":
            if value != int(value):
                raise ConversionError(shown(value), "integer")
            return int(value)
        if field.type in ("date", "datetime"):
            return value
        text = shown(value)
        if field.type == "selection":
            return self._choice(field, text)
        return str(plaintext2html(text)) if field.type == "html" else text

    def _choice(self, field, text):
        """Return the key of a selection that is called `text`, or is `text` itself."""
        for key, label in field._description_selection(self.env):
            if text in (key, label) or text.lower() == str(label).lower():
                return key
        raise ConversionError(text, "choice")

    # === BUSINESS METHODS - WHAT DID NOT FIT === #

    def _note_problems(self, batch):
        """Keep the last value seen, and say once which values did not fit."""
        Issue = self.env["netsuite.issue"].sudo()
        for mapping in self:
            seen = batch.seen.get(mapping)
            if seen is not None and mapping.last_value != seen:
                mapping.last_value = seen
            problems = batch.problems.get(mapping)
            if problems:
                record, sentence = next(iter(problems.items()))
                reason = f"{record.name}: {sentence}"
                if (mapping.state, mapping.reason) != ("doubtful", reason):
                    mapping._advance("doubtful", reason=reason)
                Issue._touch(
                    mapping.connection_id,
                    "field",
                    mapping._issue_key(),
                    self.env._("Values of the mapped field %s do not fit", mapping.display_name),
                    self.env._(
                        "The records themselves are in step. Change how the field is read, or "
                        "the value in NetSuite."
                    ),
                    severity="1",
                    records=self.env["netsuite.record"].sudo().union(*problems),
                    detail=reason,
                )
            elif mapping.state == "doubtful" and not Issue.search_count(
                [
                    ("connection_id", "=", mapping.connection_id.id),
                    ("key", "=", mapping._issue_key()),
                    ("state", "=", "open"),
                ]
            ):
                mapping._advance("valid", reason=False)

    def _refusal(self, error):
        """Return in words why a value was refused."""
        if isinstance(error, ConversionError):
            words = {
                "number": self.env._('"%s" is no number', error.value),
                "date": self.env._('"%s" is no date', error.value),
                "datetime": self.env._('"%s" is no date and time', error.value),
                "zone": self.env._(
                    '"%s" cannot be told in UTC: the zone of NetSuite\'s times is not certain yet',
                    error.value,
                ),
                "boolean": self.env._('"%s" is neither yes nor no', error.value),
                "list_id": self.env._('"%s" is no internal ID', error.value),
                "integer": self.env._('"%s" is no whole number', error.value),
                "choice": self.env._('"%s" is no choice of the Odoo field', error.value),
            }
            return words[error.expected]
        return failure_of(self.env, error).title

    def _forget_values(self):
        """Forget what was written before, so that it is written where the mapping now says."""
        for mapping in self:
            # One statement: there can be more records than fit into memory.
            self.env.execute_query(
                SQL(
                    """UPDATE netsuite_record SET field_values = field_values - %(key)s
                       WHERE connection_id = %(connection)s AND record_type = %(type)s
                           AND field_values ? %(key)s
                       RETURNING id""",
                    key=str(mapping.id),
                    connection=mapping.connection_id.id,
                    type=mapping.record_type,
                )
            )
        self.env["netsuite.record"].invalidate_model(["field_values"])


class Batch:
    """The mapped values of a chunk of records of one type.

    ``seen`` is {mapping: the last value, as text}, ``problems`` {mapping: {record: why its value
    does not fit}}.
    """

    def __init__(self, records, mappings):
        self.seen = {}
        self.problems = defaultdict(dict)
        self._env = records.env
        self._mappings = mappings
        self._zone = zone_named(records.connection_id.session_zone)
        self._model = records.env[TARGETS[records[0].record_type].model].with_context(
            **SYNC_CONTEXT, **MIRROR_CONTEXT, skip_readonly_check=True
        )
        self._mirrors = self._find_mirrors(records)
        self._values, self._changes, self._noted = {}, {}, {}
        for record in records:
            self._read(record)

    def _find_mirrors(self, records):
        """Return {record: the Odoo records that mirror it}.

        A customer can have a partner in each company, a contact one at each of its customers.
        """
        if records[0].record_type == "contact":
            contacts = self._env["netsuite.contact"].search([("record_id", "in", records.ids)])
            found = contacts.filtered("synchronised").grouped("record_id")
            return {
                record: self._model.browse(group.partner_id.ids) for record, group in found.items()
            }
        mirrors = self._model.search([("netsuite_record_id", "in", records.ids)])
        return mirrors.grouped("netsuite_record_id")

    def _read(self, record):
        """Convert the values of one record, and note what of them NetSuite changed."""
        row, known = record.payload.get("row", {}), record.field_values or {}
        values, changes = dict(known), {}
        for mapping in self._mappings:
            key, field, written = str(mapping.id), None, None
            try:
                value = convert(row.get(mapping._alias()), mapping.conversion, self._zone)
                if mapping.destination == "field":
                    field = self._model._fields[mapping.odoo_field_id.name]
                    written = mapping._odoo_value(field, value)
            except ODD_VALUES as error:
                self.problems[mapping][record] = mapping._refusal(error)
                continue
            is_filled = value not in (None, False)
            if is_filled:
                self.seen[mapping] = shown(value)
            if key in known and known[key] == stored(value):
                continue
            values[key] = stored(value)
            # What a user filled before the field was mapped is not emptied by nothing.
            if field and (key in known or is_filled):
                changes[mapping] = (field.name, written)
                mirrors = self._mirrors.get(record, ())
                if key in known and any(mirror[field.name] != written for mirror in mirrors):
                    self._noted.setdefault(record, []).append(mapping)
        if values != known:
            self._values[record] = values
        if changes:
            self._changes[record] = changes

    def write(self):
        """Write what changed, together; what Odoo refuses is looked for record by record.

        What is left when the savepoints are used up is booked again with the next chunk.
        """
        records = self._env["netsuite.record"].union(*self._changes)
        isolated = isolate(self._env, records, self._write_records, limit=FIELD_SAVEPOINTS)
        rest, tries = isolated.rest, 0
        for record, error in isolated.errors:
            if tries > FIELD_SAVEPOINTS:
                rest |= record
                continue
            tries += len(self._changes[record])
            self._write_one_by_one(record, error)
        for record in rest:
            self._values.pop(record, None)
            self._changes.pop(record)
        self._env["netsuite.record"].union(*rest)._requeue()
        for record, values in self._values.items():
            record.field_values = values
        self._note_changes()

    def _write_records(self, records):
        """Write the changes of `records`."""
        for record in records:
            self._write_values(record, self._changes[record].values())

    def _write_values(self, record, changes):
        for mirror in self._mirrors.get(record, ()):
            changed = {name: value for name, value in changes if mirror[name] != value}
            if changed:
                mirror.write(changed)

    def _write_one_by_one(self, record, error):
        """Write the fields of one record each by itself, and flag those that Odoo refuses."""
        changes = self._changes[record]
        refused = [([mapping], error) for mapping in changes]
        if len(changes) > 1:
            refused = isolate(
                self._env,
                list(changes),
                lambda part: self._write_values(record, [changes[mapping] for mapping in part]),
                limit=2 * len(changes),  # as many as halving can need
            ).errors
        for (mapping,), problem in refused:
            self.problems[mapping][record] = mapping._refusal(problem)
            changes.pop(mapping)
            self._keep_as_known(record, str(mapping.id))

    def _keep_as_known(self, record, key):
        """Leave what is known of a value as it was, so that it is written once it fits."""
        known = record.field_values or {}
        if key in known:
            self._values[record][key] = known[key]
        else:
            del self._values[record][key]

    def _note_changes(self):
        """Leave one line on what a changed value changed; nobody is notified."""
        bodies = {}
        for record, mappings in self._noted.items():
            fields = [mapping for mapping in mappings if mapping in self._changes.get(record, ())]
            if not fields or not record.connection_id.note_changes:
                continue
            labels = ", ".join(mapping.odoo_field_id.field_description for mapping in fields)
            message = self._env._("Changed in NetSuite: %s.", labels)
            bodies.update((mirror.id, message) for mirror in self._mirrors.get(record, ()))
        if bodies:
            self._model.browse(bodies)._message_log_batch(bodies=bodies)
