"""Parsing: SuiteQL is Oracle SQL with every function call left as it was written."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.dialects.oracle import Oracle
from sqlglot.errors import ParseError, TokenError

from netsuite_simulator.suiteql.errors import syntax_error, unsupported


class SuiteQL(Oracle):
    """Oracle's grammar without sqlglot's own reading of functions and their format models."""

    class Parser(Oracle.Parser):  # type: ignore[misc,valid-type]
        FUNCTIONS: dict[str, object] = {}
        FUNCTION_PARSERS = {
            name: parser
            for name, parser in Oracle.Parser.FUNCTION_PARSERS.items()
            if name in ("CAST", "TRIM", "EXTRACT")
        }


def parse(query: str, allow_with: bool, allow_fetch_first: bool) -> exp.Query:
    """Parse one SuiteQL statement.

    :param query: the text of `q`.
    :param allow_with: whether WITH … AS is understood.
    :param allow_fetch_first: whether FETCH FIRST is understood.
    :return: the tree of a SELECT or a set operation; each `?` is a placeholder `p<position>`.
    :raise QueryError: for anything that is no query, or a clause NetSuite does not know.
    """
    try:
        trees = sqlglot.parse(_number_parameters(query), dialect=SuiteQL)
    except ParseError as error:
        place = error.errors[0] if error.errors else {}
        token = str(place.get("highlight") or "")
        line, column = int(place.get("line") or 1), int(place.get("col") or 1)
        raise syntax_error(query, token, line, column) from None
    except TokenError:
        raise unsupported() from None
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, (exp.Select, exp.SetOperation)):
        raise syntax_error(query, query.split(" ", 1)[0], 1, 1)
    _refuse_clauses(query, tree, allow_with, allow_fetch_first)
    return tree


def _number_parameters(query: str) -> str:
    """Name each `?` by its position, which the tree does not keep."""
    if "?" not in query:
        return query
    parts: list[str] = []
    end = 0
    places = [t for t in SuiteQL().tokenize(query) if t.token_type.name == "PLACEHOLDER"]
    for number, token in enumerate(places):
        parts += [query[end : token.start], f":p{number}"]
        end = token.end + 1
    return "".join(parts) + query[end:]


def _refuse_clauses(query: str, tree: exp.Expr, allow_with: bool, allow_fetch_first: bool) -> None:
    """Refuse LIMIT, WITH and whatever else stops NetSuite's own parser."""
    for node in tree.walk():
        if isinstance(node, exp.Limit) and not _is_top(query, node):
            raise _at_keyword(query, "LIMIT")
        if isinstance(node, exp.With) and not allow_with:
            raise _at_keyword(query, "WITH")
        if isinstance(node, exp.Fetch) and not allow_fetch_first:
            raise _at_keyword(query, "FETCH")
        if isinstance(node, (exp.Lock, exp.Into)):
            raise unsupported()


def _is_top(query: str, node: exp.Limit) -> bool:
    """Return whether a limit was written as TOP n; sqlglot keeps both in the same place."""
    words = query.upper().split()
    return "TOP" in words and "LIMIT" not in words


def _at_keyword(query: str, word: str) -> Exception:
    place = query.upper().find(word)
    line = query.count("\n", 0, place) + 1
    column = place - query.rfind("\n", 0, place)
    return syntax_error(query, word, line, column)
