from . import (
    test_field_updates,
    test_outgoing_mappings,
    test_rights,
    test_shared_customers,
    test_state_machine,
    test_write_budget,
    test_write_concurrency,
    test_write_conflicts,
    test_write_crash,
    test_write_faults,
    test_write_property,
    test_write_refusals,
)
