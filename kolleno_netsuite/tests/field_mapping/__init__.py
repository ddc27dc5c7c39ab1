from . import (
    test_field_catalogue,
    test_field_ids,
    test_field_mapping,
    test_field_mapping_rules,
    test_field_mapping_trouble,
    test_field_screens,
)
