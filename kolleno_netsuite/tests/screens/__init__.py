from . import (
    test_deposit_screens,
    test_screens,
    test_tour,
)
