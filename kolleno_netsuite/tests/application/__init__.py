from . import (
    test_journal_items,
    test_open_balance,
)
