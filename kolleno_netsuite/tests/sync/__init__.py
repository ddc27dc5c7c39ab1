from . import (
    test_freshness,
    test_schedule,
)
