"""The pages a person sees: OAuth 2.0 authorization, OpenID Connect discovery and logout.

Rules: docs/NETSUITE.md 1.3 and 1.5.
"""

from __future__ import annotations

import html
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from netsuite_simulator.auth.credentials import Client, User
from netsuite_simulator.auth.token_endpoint import API_SCOPES, TOKEN_PATH
from netsuite_simulator.auth.tokens import CODE_SECONDS, ISSUER, Grant
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import Answer, json_answer

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

AUTHORIZE_PATH = "/app/login/oauth2/authorize.nl"
_OIDC_SCOPES = ("openid", "email")
_STATE_LENGTH = range(22, 1025)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def authorize(account: SimulatedAccount, call: Call) -> Answer:
    """Answer the authorization page.

    Without a choice it shows who can log in. A choice is `sim_user=<entity>` (log in and consent)
    or `sim_deny=1`; `prompt=none` takes the first user, as a live browser session would.
    """
    args = call.args
    client = account.credentials.client(args.get("client_id", ""))
    redirect_uri = args.get("redirect_uri", "")
    if client is None or not _redirect_allowed(account, redirect_uri):
        return _page(
            "Invalid login attempt.", "The integration or its redirect URI is unknown.", 400
        )
    error = _request_error(args)
    if error or args.get("sim_deny"):
        return _redirect(redirect_uri, {"error": error or "access_denied"}, args)
    users = account.credentials.users
    chosen = users[0] if args.get("prompt") == "none" else None
    if args.get("sim_user", "").isdigit():
        chosen = account.credentials.user(int(args["sim_user"]))
    if chosen is None:
        return _choice(users, call)
    return _redirect(redirect_uri, _granted(account, client, chosen, args), args)


def _redirect_allowed(account: SimulatedAccount, address: str) -> bool:
    if account.credentials.redirect_uris:
        return address in account.credentials.redirect_uris
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _request_error(args: dict[str, str]) -> str | None:
    state = args.get("state", "")
    printable = state.isascii() and state.isprintable()
    if len(state) not in _STATE_LENGTH or not printable:
        return "invalid_request"
    if args.get("response_type") != "code":
        return "unsupported_response_type"
    if args.get("code_challenge") and args.get("code_challenge_method") != "S256":
        return "invalid_request"
    scope = args.get("scope", "").split()
    if not scope or any(name not in (*API_SCOPES, *_OIDC_SCOPES) for name in scope):
        return "invalid_scope"
    return None


def _granted(
    account: SimulatedAccount, client: Client, user: User, args: dict[str, str]
) -> dict[str, str]:
    code = account.tokens.new_code(
        Grant(
            client_id=client.client_id,
            application_id=client.application_id,
            user=user,
            scope=args["scope"].split(),
            expires=account.tokens.now() + CODE_SECONDS,
            kind="code",
            family=secrets.token_hex(8),
            nonce=args.get("nonce"),
            redirect_uri=args["redirect_uri"],
            challenge=args.get("code_challenge"),
        )
    )
    return {
        "code": code,
        "role": str(user.role),
        "entity": str(user.entity),
        "company": account.account_id,
    }


def _redirect(address: str, values: dict[str, str], args: dict[str, str]) -> Answer:
    if args.get("state"):
        values = {**values, "state": args["state"]}
    joint = "&" if "?" in address else "?"
    return Answer(302, b"", {"Location": f"{address}{joint}{urlencode(values)}"})


def _choice(users: list[User], call: Call) -> Answer:
    rows = "".join(
        f'<li><a href="?{html.escape(call.query)}&amp;sim_user={user.entity}">'
        f"{html.escape(user.name)} (role {user.role}): log in and allow</a></li>"
        for user in users
    )
    deny = f'<p><a href="?{html.escape(call.query)}&amp;sim_deny=1">Deny</a></p>'
    return _page("Log in to the simulated account", f"<ul>{rows}</ul>{deny}", 200, markup=True)


def _page(title: str, text: str, status: int, markup: bool = False) -> Answer:
    content = text if markup else f"<p>{html.escape(text)}</p>"
    page = (
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>{content}"
    )
    return Answer(
        status, f"{page}</body></html>".encode(), {"Content-Type": "text/html; charset=utf-8"}
    )


def discovery(account: SimulatedAccount, call: Call) -> Answer:
    """Answer `/.well-known/openid-configuration`."""
    base = call.base_url
    root = f"{base}/services/rest/auth/oauth2/v1"
    return json_answer(
        {
            "issuer": ISSUER,
            "authorization_endpoint": f"{base}{AUTHORIZE_PATH}",
            "token_endpoint": f"{base}{TOKEN_PATH}",
            "revocation_endpoint": f"{root}/revoke",
            "end_session_endpoint": f"{root}/logout",
            "jwks_uri": f"{root}/keys",
            "scopes_supported": [*_OIDC_SCOPES],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["PS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
    )


def logout(account: SimulatedAccount, call: Call) -> Answer:
    """Answer the OpenID Connect logout."""
    return _page("You have been logged out.", "You can close this window.", 200)
