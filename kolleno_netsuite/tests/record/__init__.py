from . import (
    test_foreign_text,
    test_lifecycle,
    test_record_rules,
)
