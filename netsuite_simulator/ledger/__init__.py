"""A real receivables ledger with NetSuite's records and rules."""

from .ledger import Ledger
from .record_types import RECORD_TYPES, RecordType, unknown_fields
from .values import Enum, Ref, Several, Sublist

__all__ = [
    "RECORD_TYPES",
    "Enum",
    "Ledger",
    "RecordType",
    "Ref",
    "Several",
    "Sublist",
    "unknown_fields",
]
