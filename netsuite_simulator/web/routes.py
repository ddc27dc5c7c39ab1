"""Which handler answers which path. All NetSuite hosts of the account are served as one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from netsuite_simulator.auth import authorize, token_endpoint
from netsuite_simulator.records import catalog, collection, resource
from netsuite_simulator.restlets import deployed
from netsuite_simulator.suiteql import service
from netsuite_simulator.web import jobs, pages, system
from netsuite_simulator.web.envelope import Answer, ApiError

Handler = Callable[..., Answer]


@dataclass(frozen=True)
class Route:
    """One kind of path; `scope` is the OAuth 2.0 scope it needs, empty for public pages."""

    methods: tuple[str, ...]
    pattern: re.Pattern[str]
    handler: Handler
    scope: str = "rest_webservices"


def _route(methods: str, pattern: str, handler: Handler, scope: str = "rest_webservices") -> Route:
    return Route(tuple(methods.split()), re.compile(pattern), handler, scope)


_OAUTH = "/services/rest/auth/oauth2/v1"
_RECORD = "/services/rest/record/v1"
_ID = r"(?P<key>\d+|-\d+|eid:[^/]+)"
_NAME = r"(?P<name>[A-Za-z]\w*)"
ROUTES = (
    _route("POST", "/services/rest/query/v1/suiteql", service.suiteql),
    _route("GET", f"{_RECORD}/metadata-catalog", catalog.listing),
    _route("GET", f"{_RECORD}/metadata-catalog/(?P<name>[^/]+)", catalog.record),
    _route("GET", f"{_RECORD}/preference/userPreference", system.user_preference),
    _route("GET", f"{_RECORD}/{_NAME}", collection.listing),
    _route("POST", f"{_RECORD}/{_NAME}", resource.create),
    _route("GET", f"{_RECORD}/{_NAME}/{_ID}", resource.read),
    _route("PATCH", f"{_RECORD}/{_NAME}/{_ID}", resource.update),
    _route("PUT", f"{_RECORD}/{_NAME}/{_ID}", resource.upsert),
    _route("DELETE", f"{_RECORD}/{_NAME}/{_ID}", resource.delete),
    _route("POST", rf"{_RECORD}/{_NAME}/{_ID}/!transform/(?P<target>\w+)", resource.transform),
    _route(
        "POST",
        rf"{_RECORD}/{_NAME}/{_ID}/!(?P<verb>attach|detach)/(?P<kind>\w+)/(?P<other>\d+)",
        resource.attach,
    ),
    _route("GET", rf"{_RECORD}/{_NAME}/{_ID}/(?P<path>[A-Za-z][\w/=,:.-]*)", resource.sub_resource),
    _route("GET", rf"{jobs.ROOT}/(?P<job>\d+)", jobs.job),
    _route("GET", rf"{jobs.ROOT}/(?P<job>\d+)/task", jobs.tasks),
    _route("GET", rf"{jobs.ROOT}/(?P<job>\d+)/task/1", jobs.task),
    _route("GET", rf"{jobs.ROOT}/(?P<job>\d+)/task/1/result", jobs.result),
    _route("GET", "/services/rest/system/v1/serverTime", system.server_time),
    _route("GET", "/services/rest/system/v1/governanceLimits", system.governance_limits),
    _route("GET", "/rest/tokeninfo", system.token_info),
    _route("GET POST PUT DELETE", deployed.PATH, deployed.restlet, "restlets"),
    _route("POST", f"{_OAUTH}/token", token_endpoint.token, ""),
    _route("POST", f"{_OAUTH}/revoke", token_endpoint.revoke, ""),
    _route("GET", f"{_OAUTH}/keys", token_endpoint.keys, ""),
    _route("GET", f"{_OAUTH}/logout", authorize.logout, ""),
    _route("GET", authorize.AUTHORIZE_PATH, authorize.authorize, ""),
    _route("GET", r"/app/(?:accounting|common)/\w+/(?P<page>\w+)\.nl", pages.record_page, ""),
    _route("GET", "/.well-known/openid-configuration", authorize.discovery, ""),
)


def find_route(method: str, path: str) -> tuple[Route, dict[str, Any]]:
    """Return the route of a call and the named parts of its path.

    :raise ApiError: 404 for an unknown path, 405 for a method the path does not know.
    """
    known = False
    for route in ROUTES:
        match = route.pattern.fullmatch(path)
        if match is None:
            continue
        known = True
        if method in route.methods:
            return route, match.groupdict()
    if known:
        raise ApiError(405, "METHOD_NOT_ALLOWED", "The method is not allowed for this resource.")
    raise ApiError(404, "NOT_FOUND", "The requested resource does not exist.")
