"""The values of a chunk's own fields."""

from collections import defaultdict

from ...client.clock import zone_named
from ...const import MIRROR_CONTEXT, SYNC_CONTEXT
from ...mappers.fields import ConversionError, convert, shown, stored
from ..connection.isolation import isolate
from ..record.sync_note import log_sync_notes, replaced_sentences
from .field_target import TARGETS

# Savepoints for finding the records that Odoo refuses a value of, beside those of the chunk
# itself, and for finding the values of these records.
FIELD_SAVEPOINTS = 20
# What a text can be that no conversion foresaw, as a number too large for any field.
ODD_VALUES = (ConversionError, ValueError, ArithmeticError)


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
        self._values, self._changes, self._noted, self._replaced = {}, {}, {}, {}
        self._held = mappings._held(records)
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
        for mapping in self._mappings - self._held.get(record, self._mappings.browse()):
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
                    self._note_replaced(mapping, mirrors, known[key], changes[mapping])
        if values != known:
            self._values[record] = values
        if changes:
            self._changes[record] = changes

    def _note_replaced(self, mapping, mirrors, before, change):
        """Remember what of a user's own a mapped value takes the place of.

        :param before: what NetSuite had when it was booked last, as it is kept; None for nobody
            knows.
        :param change: (field, value that is written now).
        """
        name, written = change
        for mirror in mirrors:
            if before is None or str(mirror[name]) != str(before):
                self._replaced[(mapping, mirror)] = replaced_sentences(mirror, {name: written})

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
            labels = ", ".join(mapping.odoo_field_id.field_description for mapping in fields)
            message = self._env._("Changed in NetSuite: %s.", labels)
            for mirror in self._mirrors.get(record, ()) if fields else ():
                lost = [self._replaced.get((mapping, mirror), []) for mapping in fields]
                lost = [sentence for sentences in lost for sentence in sentences]
                if lost or record.connection_id.note_changes:
                    bodies[mirror.id] = [message, *lost]
        log_sync_notes(self._model, bodies)
