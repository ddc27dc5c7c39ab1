"""The one kind of error that the commands show to a person."""

from __future__ import annotations


class ToolError(Exception):
    """Say in one line what went wrong and what to do about it.

    :param problem: what happened, without a full stop
    :param remedy: what the reader can do, as an imperative sentence without a full stop
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}. {remedy}.")
        self.problem = problem
        self.remedy = remedy


class NoNetworkError(ToolError):
    """A download failed because the other side could not be reached."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"No network: {what} could not be fetched",
            "Connect this machine and repeat the command; it continues where it stopped",
        )
