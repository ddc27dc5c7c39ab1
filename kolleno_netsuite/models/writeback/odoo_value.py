"""A value of Odoo's as NetSuite may take it: exact, and without Odoo's own ids."""

from odoo.tools import float_repr

from ...client.metadata import LIST, TEXT
from ...mappers.fields import ConversionError

# Digits that a binary fraction keeps for certain.
SURE_DIGITS = 15


def plain_value(record, field, value, kind):
    """Return a field's value in a form that `mappers.bodies.values.value_of` takes.

    :param record: the record that has it.
    :param field: the `odoo.fields.Field`.
    :param value: the field's value, or what was made of it.
    :param kind: kind of the NetSuite field.
    :raise ConversionError: a record of Odoo's that NetSuite does not know.
    """
    if field.type == "boolean":
        return bool(value) if kind != TEXT else "yes" if value else "no"
    if field.relational:
        return _of_records(value, kind)
    if field.type in ("float", "monetary"):
        return exact(record, field, value)
    if field.type == "integer":
        # No list has a value of the ID 0: Odoo's empty integer.
        return value or None if kind == LIST else value
    return value or None


def exact(record, field, value):
    """Return a float as the text of the number that people see."""
    if field.type == "monetary":
        currency = record[field.get_currency_field(record)]
        return float_repr(value, currency.decimal_places if currency else 2)
    digits = field.get_digits(record.env)
    return float_repr(value, digits[1]) if digits else f"{value:.{SURE_DIGITS}g}"


def _of_records(records, kind):
    if not records:
        return None
    if kind != LIST:
        return ", ".join(record.display_name or "" for record in records)
    record = records[0]
    # An id of Odoo's would be another value's in NetSuite.
    internal_id = "netsuite_internal_id" in record._fields and record.netsuite_internal_id
    if not internal_id:
        raise ConversionError(record.display_name or "", "netsuite_record")
    return str(internal_id)
