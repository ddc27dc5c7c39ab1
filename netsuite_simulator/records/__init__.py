"""REST record API: shapes of bodies, verbs, collections and the metadata catalog."""
