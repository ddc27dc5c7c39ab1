from . import (
    test_deposit_screens,
    test_screens,
    test_setup,
    test_setup_preview,
    test_setup_preview_people,
    test_setup_tour,
    test_tour,
)
from .application import *
from .booking import *
from .connection import *
from .contact import *
from .drive import *
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
