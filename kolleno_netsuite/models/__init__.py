# isort: skip_file
# In the order in which rooms build on each other: each uses those above it.
from . import connection
from . import record
from . import sync
from . import mapping
from . import scope
from . import fetch
from . import application
from . import booking
from . import removal
from . import bank
from . import proof
from . import contact
from . import field_mapping
from . import guard
from . import pdf
from . import follow_up
from . import writeback
from . import drive
