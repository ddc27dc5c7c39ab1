from . import (
    test_companies,
    test_mapping,
    test_mapping_suggestion,
    test_reference,
    test_reimport,
)
