from . import (
    test_deletion_documents,
    test_deletion_policy,
    test_deletion_stream,
    test_removal,
    test_withdrawal,
)
