from . import (
    test_mail_outside_tests,
    test_pdf_attached,
    test_pdf_faults,
    test_pdf_fetch,
    test_pdf_field,
    test_pdf_held,
    test_pdf_portal,
    test_pdf_queue,
    test_pdf_screens,
    test_pdf_sending,
    test_pdf_switches,
    test_pdf_tour,
)
