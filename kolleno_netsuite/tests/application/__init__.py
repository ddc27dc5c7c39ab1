from . import (
    test_journal_items,
    test_link_dates,
    test_open_balance,
)
