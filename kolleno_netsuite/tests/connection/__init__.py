from . import (
    test_account_facts,
    test_account_facts_notation,
    test_call_limit,
    test_credentials,
    test_hooks,
    test_isolation,
    test_secrets,
    test_security,
    test_sign_in_faults,
    test_state,
    test_upgrade,
)
