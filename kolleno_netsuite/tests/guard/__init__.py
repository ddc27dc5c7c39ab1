from . import (
    test_guard,
    test_sync_fields,
)
