from . import (
    test_account_facts,
    test_extra_columns,
    test_history,
    test_stream_budget,
    test_unreadable_records,
    test_windows,
)
