"""Which NetSuite record types can be mapped, and which Odoo fields may take a mapped value."""

from typing import NamedTuple

from ...mappers.queries.record_sources import RECORD_SOURCES


class Target(NamedTuple):
    """What the fields of a NetSuite record type are mapped to.

    :param rest_name: the record type in the REST record service.
    :param model: the Odoo model that mirrors it.
    :param is_entity: it has entity fields (custentity), not transaction fields (custbody).
    """

    rest_name: str
    model: str
    is_entity: bool = False


TARGETS = {
    "customer": Target("customer", "res.partner", is_entity=True),
    "contact": Target("contact", "res.partner", is_entity=True),
    "invoice": Target("invoice", "account.move"),
    "creditmemo": Target("creditMemo", "account.move"),
    "customerpayment": Target("customerPayment", "account.payment"),
    "customerdeposit": Target("customerDeposit", "account.payment"),
    "depositapplication": Target("depositApplication", "account.move"),
    "customerrefund": Target("customerRefund", "account.payment"),
    "journalentry": Target("journalEntry", "account.move"),
}

# Types of Odoo fields that each conversion can fill; text is for words, never the other way.
TYPES_OF_CONVERSION = {
    "text": ("char", "text", "html", "selection"),
    "number": ("float", "monetary", "integer", "char"),
    "date": ("date", "char"),
    "datetime": ("datetime", "char"),
    "boolean": ("boolean",),
    "list_id": ("integer", "char"),
    "list_text": ("char", "text", "html", "selection"),
    "multi_select": ("char", "text", "html"),
}
SAFE_TYPES = {ttype for types in TYPES_OF_CONVERSION.values() for ttype in types}

# Fields of Odoo's own that only describe: nothing is computed, posted or matched from them.
DESCRIPTIVE_FIELDS = {
    "res.partner": {"function", "vat", "company_registry"},
    "account.move": {"invoice_origin", "incoterm_location", "invoice_source_email"},
    "account.payment": {"payment_reference"},
}
# Of these, what is not free on a contact: its title, and what Odoo takes from the customer.
OWNED_FIELDS = {"contact": {"function", "vat", "company_registry"}}
# Modules whose other fields keep the books, the mirror or the mail going. What a customer's own
# module or Studio adds is free.
KEEPING_MODULES = ("base", "mail", "account", "l10n_", "payment", "portal", "kolleno_netsuite")
KEEPING_MODULES += ("analytic", "sale", "purchase", "stock", "point_of_sale", "sms", "phone_")


def mapped_types():
    """Return the record types that are read and can be mapped, in their order."""
    return [record_type for record_type in TARGETS if record_type in RECORD_SOURCES]


def is_safe(field, record_type):
    """Tell whether a mapped value may be written to a field of a mirrored document.

    :param field: `odoo.fields.Field` of the target model.
    :param record_type: whose mirror the field is on.
    """
    if not field.store or not field.column_type or field.type not in SAFE_TYPES:
        return False
    if field.name in OWNED_FIELDS.get(record_type, ()):
        return False
    if field.name in DESCRIPTIVE_FIELDS.get(field.model_name, ()):
        return True
    if field.readonly or field.related or field.company_dependent:
        return False
    # What is computed would be computed over again.
    if field.compute or field.name.startswith("netsuite_"):
        return False
    return field.manual or not (field._module or "").startswith(KEEPING_MODULES)


def safe_fields(env, record_type):
    """Return the names of the Odoo fields that may take values of a record type."""
    target = TARGETS.get(record_type)
    if not target:
        return []
    fields = env[target.model]._fields.values()
    return sorted(field.name for field in fields if is_safe(field, record_type))
