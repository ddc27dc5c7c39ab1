"""What became of the records of a chunk."""


class Outcome:
    """What became of the records of a chunk.

    ``booked`` are the records in sync, ``parts`` {record: `NotSynced`} those of them of which only
    a part is mirrored, ``ignored`` {record: why}, ``left_out`` {record: `NotSynced`} those of
    customers who are not mirrored, ``errors`` {record: exception}.
    """

    def __init__(self):
        self.booked = []
        self.parts = {}
        self.ignored = {}
        self.left_out = {}
        self.errors = {}

    def merge(self, other):
        """Take over what became of other records."""
        self.booked += other.booked
        self.parts.update(other.parts)
        self.left_out.update(other.left_out)
        self.ignored.update(other.ignored)
        self.errors.update(other.errors)

    def take(self, isolated):
        """Take over what became of a chunk that was booked part by part.

        :param isolated: `isolation.Isolated`, whose work returned an `Outcome` each.
        """
        for _part, outcome in isolated.done:
            self.merge(outcome)
        self.errors.update(isolated.errors)
        # They were counted as tried, and were not.
        isolated.rest.attempts = 0
