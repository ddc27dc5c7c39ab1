from . import (
    test_crash,
    test_crash_beside,
    test_crash_by_hand,
    test_drivers,
    test_identity,
    test_network_faults,
    test_property,
    test_resync,
    test_resync_links,
    test_resync_overwrite,
    test_uninstall,
)
