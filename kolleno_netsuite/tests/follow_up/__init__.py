from . import (
    test_customer_group,
    test_follow_up,
    test_refresh,
)
