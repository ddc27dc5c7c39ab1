from . import (
    test_budget,
    test_comparison,
    test_completeness,
    test_open_items,
    test_own_entries,
    test_proof,
    test_standing,
)
