"""An Odoo environment to measure in: the superuser's, in a database of the benchmarks' own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


@contextmanager
def odoo_environment(configuration: str) -> Iterator[Any]:
    """Open the database that an Odoo configuration names.

    :param configuration: path of the file, with one database in ``db_name``
    :return: the environment of the superuser, whom no access rule slows down
    """
    config.parse_config(["-c", configuration, "--log-level", "warn"], setup_logging=True)
    with Registry(config["db_name"][0]).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def refresh_statistics(env: Any) -> None:
    """Tell PostgreSQL's planner how large the tables are, as its own daemon would in a while."""
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
