"""SuiteQL: parse, refuse what NetSuite refuses, run on SQLite, answer page by page."""
