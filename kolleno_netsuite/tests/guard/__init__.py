from . import (
    test_guard,
    test_journals,
    test_sync_fields,
)
