from odoo import models
from odoo.tools import SQL, plaintext2html

from ...mappers.fields import ConversionError, shown
from ..connection.failure import failure_of
from .field_target import TARGETS
from .value_batch import Batch


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
        mappings = self._reading(records.connection_id, [records[0].record_type])
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
        # sudo: netsuite.issue, netsuite.record - only the sync writes them
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
                        "The records themselves are in sync. Change how the field is read, or "
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
                "number": self.env._('"%s" is not a number', error.value),
                "date": self.env._('"%s" is not a date', error.value),
                "datetime": self.env._('"%s" is not a date and time', error.value),
                "zone": self.env._(
                    '"%s" cannot be converted to UTC: NetSuite\'s time zone is not certain yet',
                    error.value,
                ),
                "boolean": self.env._('"%s" is neither yes nor no', error.value),
                "list_id": self.env._('"%s" is not an internal ID', error.value),
                "integer": self.env._('"%s" is not a whole number', error.value),
                "netsuite_record": self.env._('"%s" is not a record of NetSuite\'s', error.value),
                "empty": self.env._(
                    "it is empty in Odoo, and only Clear the Field empties it in NetSuite"
                ),
                "choice": self.env._('"%s" is not one of the Odoo field\'s choices', error.value),
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
