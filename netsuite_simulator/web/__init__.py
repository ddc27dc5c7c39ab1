"""HTTP side of the simulated account: server, routes, error envelope."""
