from . import (
    test_budget,
    test_comparison,
    test_open_items,
    test_proof,
)
