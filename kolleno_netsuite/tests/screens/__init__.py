from . import (
    test_deposit_screens,
    test_screens,
    test_tour,
    test_writeback_screens,
    test_writeback_tour,
)
