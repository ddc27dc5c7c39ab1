"""The addresses of a customer."""

# Fields of an address: Odoo's name, and the attribute of `mappers.customer.Address`.
ADDRESS_FIELDS = ("street", "street2", "city", "zip")


class Places:
    """The countries and states that a chunk of customers lives in, read once."""

    def __init__(self, env, customers):
        codes = {
            address.country.upper()
            for customer in customers
            for address in customer.addresses
            if address.country
        }
        countries = env["res.country"].search([("code", "in", list(codes))])
        self._countries = {country.code: country for country in countries}
        self._states = {}
        for state in env["res.country.state"].search([("country_id", "in", countries.ids)]):
            for word in (state.code, state.name):
                self._states[(state.country_id.id, word.upper())] = state.id

    def values(self, address):
        """Return the address fields of a partner; all empty without an address.

        A state or country that Odoo does not know is left out.
        """
        values = {name: getattr(address, name, "") or False for name in ADDRESS_FIELDS}
        country = self._countries.get(address.country.upper()) if address else None
        values["country_id"] = country.id if country else False
        values["state_id"] = (
            self._states.get((country.id, address.state.upper()), False) if country else False
        )
        return values
