"""Who is calling: reads the Authorization header of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsuite_simulator.auth.tba import LoginRefused
from netsuite_simulator.web.call import Call, Principal
from netsuite_simulator.web.envelope import ApiError, invalid_login

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

TBA_SCOPE = ("rest_webservices", "restlets")


def log_in(account: SimulatedAccount, call: Call, scope: str) -> Principal:
    """Authenticate one call.

    :param account: the simulated account.
    :param call: the call; its `login_detail` receives the reason of a refusal.
    :param scope: OAuth 2.0 scope that the resource needs.
    :return: the principal.
    :raise ApiError: 401 INVALID_LOGIN, or 400 for a malformed bearer header.
    """
    header = call.headers.get("authorization", "")
    kind, _, rest = header.partition(" ")
    if kind.lower() == "bearer":
        return _bearer(account, call, rest.strip(), scope)
    if kind.lower() == "oauth":
        return _tba(account, call)
    call.login_detail = "parameter_rejected"
    raise invalid_login(account.account_id, bearer=False)


def _bearer(account: SimulatedAccount, call: Call, token: str, scope: str) -> Principal:
    if not token or " " in token:
        challenge = f'Bearer realm="{account.account_id}", error="invalid_request"'
        raise ApiError(
            400,
            "INVALID_REQUEST",
            "Invalid login attempt.",
            headers={"WWW-Authenticate": challenge},
        )
    grant = account.tokens.find(token, ("access", "m2m"))
    if grant is None or scope not in grant.scope:
        call.login_detail = "token_rejected" if grant is None else "ScopeMismatch"
        raise invalid_login(account.account_id, bearer=True)
    kind = "m2m" if grant.kind == "m2m" else "access"
    return Principal(kind, tuple(grant.scope), grant.user.role, grant.user.entity, grant.client_id)


def _tba(account: SimulatedAccount, call: Call) -> Principal:
    headers = {"Authorization": call.headers["authorization"]}
    if "content-type" in call.headers:
        headers["Content-Type"] = call.headers["content-type"]
    try:
        account.token_authentication.check(call.method, call.signed_addresses(), headers, call.text)
    except LoginRefused as refusal:
        call.login_detail = str(refusal)
        raise invalid_login(account.account_id, bearer=False) from None
    user = account.credentials.integration_user
    return Principal("tba", TBA_SCOPE, user.role, user.entity, account.credentials.tba.consumer_key)
