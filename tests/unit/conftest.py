"""Make the addon's pure layers importable without Odoo.

The addon's own ``__init__`` imports its models, which need Odoo; a bare package with the same
path stands in for it.
"""

from __future__ import annotations

import sys
import types
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
ADDON = REPOSITORY / "kolleno_netsuite"

if "kolleno_netsuite" not in sys.modules:
    package = types.ModuleType("kolleno_netsuite")
    package.__path__ = [str(ADDON)]
    sys.modules["kolleno_netsuite"] = package
if str(REPOSITORY) not in sys.path:
    sys.path.insert(0, str(REPOSITORY))
