from . import test_reference
from . import test_mapping
from . import test_mapping_suggestion
from . import test_booking_customer
from . import test_booking_invoice
from . import test_proof
