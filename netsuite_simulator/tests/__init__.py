"""Tests of the simulator; they need no Odoo."""
