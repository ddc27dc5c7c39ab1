from . import (
    test_contact_archiving,
    test_contact_companies,
    test_contact_merge,
    test_contact_person,
    test_contact_record,
    test_contact_screens,
    test_contact_switch,
)
