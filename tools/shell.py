"""``make shell``: Odoo's shell on the demo's database, or on a passing one before any demo."""

from __future__ import annotations

import subprocess
import sys

from . import databases, odoo, postgres
from .console import say
from .demo import ADDONS
from .paths import ROOT


def run(arguments: list[str]) -> int:
    """Open the shell.

    :param arguments: further options of ``odoo shell``
    """
    found = odoo.find()
    with postgres.server():
        database = databases.demo_name()
        passing = not databases.exists(database)
        if passing:
            template = databases.installed_template(found, ADDONS)
            database = databases.working_name("shell")
            databases.clone(template, database)
            say("No demo yet: this database is removed when you leave the shell.")
        configuration = odoo.write_configuration(found, database)
        command = [sys.executable, "-m", "odoo", "shell", "-c", str(configuration), "--no-http"]
        try:
            return subprocess.run(
                [*command, *arguments], cwd=ROOT, env=found.environment(), check=False
            ).returncode
        finally:
            if passing:
                databases.drop(database)
