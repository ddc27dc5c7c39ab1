from . import (
    test_extra_columns,
    test_history,
    test_stream_budget,
    test_unreadable_records,
    test_windows,
)
