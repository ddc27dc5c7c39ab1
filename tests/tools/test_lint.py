"""``make lint`` and pre-commit check the same."""

from __future__ import annotations

import re

from tools.paths import ROOT

HOOKS = (ROOT / ".pre-commit-config.yaml").read_text()
PINNED = dict(
    re.findall(
        r"^([\w-]+)==(\S+)$", (ROOT / "tools/requirements/dev.txt").read_text(), re.MULTILINE
    )
)
PACKAGE_OF = {
    "ruff-pre-commit": "ruff",
    "odoo-pre-commit-hooks": "oca-odoo-pre-commit-hooks",
    "pylint-odoo": "pylint-odoo",
}


def test_both_use_the_same_versions() -> None:
    revisions = dict(re.findall(r"repo: \S+/([\w-]+)\n +rev: v(\S+)", HOOKS))

    assert {package: revisions[hook] for hook, package in PACKAGE_OF.items()} == {
        package: PINNED[package] for package in PACKAGE_OF.values()
    }


def test_what_is_checked_stands_in_the_settings_alone() -> None:
    commands = HOOKS + (ROOT / "tools/lint.py").read_text()

    assert not re.search(r"--(disable|enable|select|ignore)[= ]", commands)
