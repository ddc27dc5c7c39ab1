from . import (
    test_field_updates,
)
