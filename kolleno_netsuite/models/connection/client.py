"""NetSuite's client of one connection."""

from ...client.clock import NetsuiteClock
from ...client.records import Records
from ...client.suiteql import pages
from ...const import PAGE_SIZE


class NetsuiteClient:
    """Everything that one piece of work needs to speak to one NetSuite account.

    :param transport: the one door of all calls.
    :param calls: masked records of the calls made, until they are stored.
    :param zone_name: zone of the session as it was measured before; None to measure it.
    :param page_size: rows that one call asks for.
    """

    def __init__(self, transport, calls, zone_name=None, page_size=PAGE_SIZE):
        self.transport = transport
        self.records = Records(transport)
        self.calls = calls
        self.page_size = page_size
        self._zone_name = zone_name
        self._clock = None

    @property
    def clock(self):
        """Return NetSuite's clock and zone, asked once per piece of work."""
        if self._clock is None:
            self._clock = NetsuiteClock.discover(self.transport, self._zone_name)
        return self._clock

    def forget_zone(self):
        """Measure NetSuite's zone anew when the clock is asked next."""
        self._zone_name = self._clock = None

    def pages(self, query, odd=None):
        """Yield the pages of a keyset-ordered query (`client.suiteql.pages`)."""
        return pages(self.transport, query, page_size=self.page_size, odd=odd)

    def rows(self, query, odd=None):
        """Yield the rows of a keyset-ordered query; parameters as for `pages`."""
        for page in self.pages(query, odd):
            yield from page.rows
