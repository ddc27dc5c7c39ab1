from . import (
    test_field_updates,
    test_outgoing_mappings,
    test_rights,
    test_shared_customers,
    test_write_budget,
)
