"""What the figures of the README come from."""

import odoo.init  # Odoo wants to be set up before any other part of it is imported
