"""The RESTlets of a SuiteApp, as far as this account has them deployed."""
