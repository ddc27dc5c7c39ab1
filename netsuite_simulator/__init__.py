"""A NetSuite account on localhost, for tests, the demo and by hand."""
