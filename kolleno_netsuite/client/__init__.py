"""Talk to NetSuite. Pure Python: nothing in this folder imports Odoo."""
