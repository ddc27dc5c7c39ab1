from . import (
    test_field_updates,
    test_outgoing_mappings,
    test_rights,
    test_write_budget,
)
