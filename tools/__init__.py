"""What stands behind the Makefile: fetch Odoo, start PostgreSQL, run the tests and the demo."""
