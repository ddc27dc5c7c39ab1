"""Refusals of the query service in NetSuite's words (docs/NETSUITE.md 2.2 and 4.1)."""

from __future__ import annotations

from collections.abc import Mapping

from netsuite_simulator.web.envelope import ApiError

_PREFIX = "Invalid search query. Detailed unprocessed description follows. "


class QueryError(ApiError):
    """A query that NetSuite refuses: 400 INVALID_PARAMETER about `q`."""

    def __init__(self, description: str) -> None:
        super().__init__(
            400, "INVALID_PARAMETER", _PREFIX + description, {"o:errorQueryParam": "q"}
        )


class UnknownColumn(QueryError):
    """A column that a table does not have; the account's switch says in which words."""

    def __init__(self, name: str, table: str, available: Mapping[str, str]) -> None:
        super().__init__(_unknown_identifier(name, available))
        self.name, self.table = name, table

    def worded(self, choice: str) -> QueryError:
        """Return the refusal in the words of the switch `unknown_column_wording`."""
        if choice == "field":
            return QueryError(f"Search error occurred: Field '{self.name}' was not found.")
        if choice == "field_of_record":
            return QueryError(
                f"Search error occurred: Field '{self.name}' for record '{self.table}' was not"
                " found. Reason: REMOVED - Field is removed."
            )
        return self


class HiddenTable(QueryError):
    """A table that the account hides; the account's switch says in which words."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Search error occurred: Record '{name}' was not found.")
        self.name = name

    def worded(self, choice: str) -> QueryError:
        """Return the refusal in the words of the switch `unknown_table_wording`."""
        return unknown_table(self.name) if choice == "search_type" else self


def unknown_identifier(name: str, available: Mapping[str, str]) -> QueryError:
    """Refuse a column or alias; `available` maps the query's aliases to its tables."""
    return QueryError(_unknown_identifier(name, available))


def _unknown_identifier(name: str, available: Mapping[str, str]) -> str:
    listed = ", ".join(f"{alias}={table}" for alias, table in available.items())
    return (
        f"Search error occurred: Unknown identifier '{name}'. "
        f"Available identifiers are: {{{listed}}}."
    )


def unknown_table(name: str) -> QueryError:
    """Refuse a table that does not exist."""
    return QueryError(f"Invalid search type: {name}.")


def hidden_table(name: str) -> QueryError:
    """Refuse a table that this account or role does not have."""
    return HiddenTable(name)


def unsupported() -> QueryError:
    """Refuse what the query engine cannot do; NetSuite does not say more."""
    return QueryError("Search error occurred: Invalid or unsupported search.")


def syntax_error(query: str, token: str, line: int, column: int) -> QueryError:
    """Refuse a query that does not parse, naming the token at which it stopped."""
    return QueryError(
        f"Search error occurred: Failed to parse SQL [{query}]: syntax error, "
        f"state:854(10102) near: {token}({line},{column}, token code:0)."
    )
