"""``make bench``: what docs/BENCHMARKS.md comes from, on a database of its own."""

from __future__ import annotations

import sys

from . import databases, odoo, postgres
from .demo import ADDONS
from .errors import ToolError
from .paths import ROOT
from .processes import running

# How benchmarks find the Odoo configuration of their database.
CONFIGURATION = "KOLLENO_NETSUITE_CONFIGURATION"


def run(arguments: list[str]) -> int:
    """Run the package ``benchmarks`` with Odoo importable and a fresh database.

    :param arguments: passed on
    """
    if not (ROOT / "benchmarks" / "__main__.py").exists():
        raise ToolError("There are no benchmarks in this tree", "Check out a complete clone")
    found = odoo.find()
    with postgres.server():
        template = databases.installed_template(found, ADDONS)
        database = databases.working_name("bench")
        databases.clone(template, database)
        configuration = odoo.write_configuration(found, database)
        environment = {**found.environment(), CONFIGURATION: str(configuration)}
        command = [sys.executable, "-m", "benchmarks", *arguments]
        try:
            with running(command, environment) as process:
                return process.wait()
        finally:
            databases.drop(database)
