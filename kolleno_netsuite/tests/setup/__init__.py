from . import (
    test_setup,
    test_setup_facts,
    test_setup_preview,
    test_setup_preview_people,
    test_setup_tour,
    test_setup_wait,
)
