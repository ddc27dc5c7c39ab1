"""What became of the records of a chunk."""

from typing import NamedTuple


class Note(NamedTuple):
    """What people should know of a record that is booked.

    :param key: of the issue that says so, shared by all records of which the same is to be said.
    :param title: translated sentence; `advice` likewise says what to do.
    :param detail: about this record alone.
    """

    key: str
    title: str
    advice: str
    detail: str


class Outcome:
    """What became of the records of a chunk.

    ``booked`` are the records in sync, ``parts`` {record: `NotSynced`} those of them of which only
    a part is mirrored, ``ignored`` {record: why}, ``left_out`` {record: `NotSynced`} those of
    customers who are not mirrored, ``errors`` {record: exception}, ``notes`` {record: [`Note`]} of
    booked ones.
    """

    def __init__(self):
        self.booked = []
        self.parts = {}
        self.ignored = {}
        self.left_out = {}
        self.errors = {}
        self.notes = {}

    def merge(self, other):
        """Take over what became of other records."""
        self.booked += other.booked
        self.parts.update(other.parts)
        self.left_out.update(other.left_out)
        self.ignored.update(other.ignored)
        self.errors.update(other.errors)
        self.notes.update(other.notes)

    def take(self, isolated):
        """Take over what became of a chunk that was booked part by part.

        :param isolated: `isolation.Isolated`, whose work returned an `Outcome` each.
        """
        for _part, outcome in isolated.done:
            self.merge(outcome)
        self.errors.update(isolated.errors)
        # They were counted as tried, and were not.
        isolated.rest.attempts = 0
