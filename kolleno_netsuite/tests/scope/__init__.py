from . import (
    test_exclusion,
    test_intercompany,
    test_scope,
)
