"""Why a record is left out."""

from typing import NamedTuple


class LeftOut(NamedTuple):
    """Why a record is not mirrored.

    :param reason: a key of the selection ``netsuite.record.left_out``.
    :param sentence: the same in words.
    """

    reason: str
    sentence: str
