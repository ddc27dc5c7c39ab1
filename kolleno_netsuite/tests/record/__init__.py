from . import (
    test_lifecycle,
    test_record_rules,
)
