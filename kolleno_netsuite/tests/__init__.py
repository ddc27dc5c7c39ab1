from . import (
    test_crash,
    test_crash_beside,
    test_crash_by_hand,
    test_deposit_screens,
    test_drivers,
    test_network_faults,
    test_property,
    test_resync,
    test_resync_overwrite,
    test_screens,
    test_setup,
    test_setup_preview,
    test_setup_preview_people,
    test_setup_tour,
    test_tour,
    test_uninstall,
)
from .application import *
from .booking import *
from .connection import *
from .contact import *
from .fetch import *
from .field_mapping import *
from .follow_up import *
from .guard import *
from .mapping import *
from .pdf import *
from .proof import *
from .record import *
from .removal import *
from .scope import *
from .sync import *
