"""What the figures of docs/BENCHMARKS.md come from."""

import odoo.init  # Odoo wants to be set up before any other part of it is imported
