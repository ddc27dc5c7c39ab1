"""What each error means for a person, and what to do about it.

The sentences are plain constants with ``%(name)s`` placeholders; the Odoo side translates them
and fills in ``NetsuiteError.params``.
"""

# pylint: disable=prefer-env-translation
# There is no environment here: `_` only marks what the Odoo side translates.

from __future__ import annotations

from collections.abc import Mapping

from .catalogue_documents import DOCUMENT_CODES
from .catalogue_entry import ErrorInfo, info
from .catalogue_entry import mark as _
from .errors import ErrorKind, NetsuiteError

_K = ErrorKind
_GOVERNANCE = "bridgehead_1500275603"
_ROLE = "article_5085602973"
_TBA = "subsect_156935170194"
_OAUTH = "section_162730264820"
_SUITEQL = "section_157909186990"

_LOGIN_REFUSED = _("NetSuite refused the login.")
_LOGIN_ADVICE = _(
    "Check that the credentials belong to this account, that the integration record is enabled "
    "and that the role and the user are active; then reconnect. "
    "In NetSuite, Setup > Users/Roles > View Login Audit Trail shows the exact reason."
)

BY_KIND: Mapping[ErrorKind, ErrorInfo] = {
    _K.TRANSIENT: info(
        _K.TRANSIENT,
        _("NetSuite isn't responding."),
        _("The work continues automatically. If it persists, look at status.netsuite.com."),
    ),
    _K.CONCURRENCY: info(
        _K.CONCURRENCY,
        _("Too many calls to NetSuite run at the same time."),
        _(
            "The number of parallel calls is lowered and the call repeated automatically. If "
            "it happens often, lower the connection's limit of parallel calls, or raise "
            "NetSuite's under Setup > Integration > Integration Governance."
        ),
        _GOVERNANCE,
    ),
    _K.AUTH: info(_K.AUTH, _LOGIN_REFUSED, _LOGIN_ADVICE, _OAUTH),
    _K.PERMISSION: info(
        _K.PERMISSION,
        _("The NetSuite role of the connection may not do this."),
        _("Ask a NetSuite administrator to add the missing permission to the role: %(detail)s"),
        _ROLE,
    ),
    _K.DATA: info(
        _K.DATA,
        _("NetSuite refused the data: %(detail)s"),
        _("Correct the value in Odoo or in NetSuite, then try this record again."),
    ),
    _K.NOT_FOUND: info(
        _K.NOT_FOUND,
        _("The record does not exist in NetSuite."),
        _("It was deleted or merged in NetSuite. Check it there before you remove it in Odoo."),
    ),
    _K.AMBIGUOUS: info(
        _K.AMBIGUOUS,
        _("It is not certain whether NetSuite has carried this out."),
        _("It is looked up in NetSuite before it is sent again, so that nothing is booked twice."),
    ),
    _K.BUG: info(
        _K.BUG,
        _("NetSuite and Odoo did not understand each other (%(code)s)."),
        _("Send the entry of the call log to support: %(detail)s"),
    ),
}

_AUTH_CODES = {
    code: info(_K.AUTH, _LOGIN_REFUSED, _LOGIN_ADVICE, _TBA)
    for code in ("INVALID_LOGIN", "INVALID_LOGIN_ATTEMPT", "INVALID_LOGIN_CREDENTIALS")
}

_OAUTH_CODES = {
    "invalid_token": info(
        _K.AUTH,
        _("NetSuite refused the access token even after it was renewed."),
        _(
            "Check that the role has the permission Log in using OAuth 2.0 Access Tokens and that "
            "the integration record has the scope REST Web Services; then reconnect. "
            "In NetSuite, Setup > Users/Roles > View Login Audit Trail shows the exact reason."
        ),
        "subsect_158521885412",
    ),
    "invalid_client": info(
        _K.AUTH,
        _("NetSuite does not know the client ID or the certificate."),
        _(
            "Compare client ID and certificate ID with NetSuite under Setup > Integration > OAuth "
            "2.0 Client Credentials Setup. A sandbox loses its certificates when it is refreshed."
        ),
        _OAUTH,
    ),
    "invalid_grant": info(
        _K.AUTH,
        _("NetSuite no longer accepts the sign-in."),
        _(
            "The consent or the certificate has expired or was revoked, or this server's clock is "
            "wrong. Reconnect; with a certificate, check in NetSuite that it is still valid."
        ),
        _OAUTH,
    ),
    "invalid_scope": info(
        _K.AUTH,
        _("The integration record in NetSuite does not allow what the connection asks for."),
        _("Tick REST Web Services and RESTlets on the integration record, then reconnect."),
        _OAUTH,
    ),
    "invalid_request": info(
        _K.AUTH,
        _("NetSuite found the login incomplete."),
        _("Check account ID, client ID, certificate ID and private key, then reconnect."),
        _OAUTH,
    ),
    "unauthorized_client": info(
        _K.AUTH,
        _("The integration record in NetSuite may not log in this way."),
        _("Tick Client Credentials (Machine to Machine) Grant on the integration record."),
        _OAUTH,
    ),
    "unsupported_grant_type": info(
        _K.AUTH,
        _("NetSuite does not offer this way of logging in."),
        _("Check that OAuth 2.0 is enabled under Setup > Company > Enable Features > SuiteCloud."),
        _OAUTH,
    ),
    "access_denied": info(
        _K.AUTH,
        _("The consent was refused in NetSuite."),
        _("Connect again and press Allow, with a user who has the role of the integration."),
        "section_158081944642",
    ),
    "ACTIVE_TOKEN_LIMIT": info(
        _K.AUTH,
        _("The NetSuite user has too many active access tokens for this role."),
        _(
            "In NetSuite, open Setup > Users/Roles > Access Tokens, revoke the old tokens of this "
            "user, then reconnect."
        ),
        "section_4247337262",
    ),
    "TWO_FA_REQD": info(
        _K.AUTH,
        _("The NetSuite role asks for two-factor authentication."),
        _("Use a role without mandatory two-factor authentication for the integration."),
        "section_4634920277",
    ),
    "CLOCK_SKEW": info(
        _K.AUTH,
        _("This server's clock is %(seconds)s seconds off NetSuite's clock."),
        _(
            "NetSuite refuses signatures that are more than five minutes off. Synchronise the "
            "server's clock with a time server (NTP)."
        ),
        _TBA,
    ),
    "PRIVATE_KEY_UNUSABLE": info(
        _K.AUTH,
        _("The private key of the connection cannot be used: %(detail)s"),
        _(
            "Create a new key pair and upload its certificate to NetSuite, or paste the "
            "complete key in PEM form, without a password."
        ),
        "section_162686838198",
    ),
    "PRIVATE_KEY_IS_CERTIFICATE": info(
        _K.AUTH,
        _("A certificate was entered where the private key belongs."),
        _(
            "The certificate is what NetSuite gets. Paste the private key that was made with it "
            "(it begins with BEGIN PRIVATE KEY), or create a new key pair and upload its "
            "certificate to NetSuite."
        ),
        "section_162686838198",
    ),
    "PRIVATE_KEY_IS_PUBLIC": info(
        _K.AUTH,
        _("A public key was entered where the private key belongs."),
        _(
            "Paste the private key that was made with it (it begins with BEGIN PRIVATE KEY), or "
            "create a new key pair and upload its certificate to NetSuite."
        ),
        "section_162686838198",
    ),
    "PRIVATE_KEY_ENCRYPTED": info(
        _K.AUTH,
        _("The private key of the connection is protected by a password."),
        _(
            "Paste the key without its password, as openssl pkey -in key.pem writes it, or "
            "create a new key pair and upload its certificate to NetSuite."
        ),
        "section_162686838198",
    ),
    "CREDENTIALS_UNUSABLE": info(
        _K.AUTH,
        _("The credentials of the connection cannot be used to sign in."),
        _(
            "Copy the keys, secrets and IDs from NetSuite once more, without blanks or line "
            "breaks, then reconnect: %(detail)s"
        ),
        _TBA,
    ),
    "TOKEN_ANSWER_UNUSABLE": info(
        _K.AUTH,
        _("NetSuite's answer holds no access token."),
        _("Check the account ID and the service address of the connection, then reconnect."),
        _OAUTH,
    ),
    "REDIRECT_REFUSED": info(
        _K.AUTH,
        _("NetSuite sent the call to another address."),
        _("Check the account ID: calls to an account only ever go to its own address."),
        "section_4618456734",
    ),
}

_PERMISSION_CODES = {
    "INSUFFICIENT_PERMISSION": BY_KIND[_K.PERMISSION],
    "PERMISSION_DENIED": BY_KIND[_K.PERMISSION],
    "HTTP_403": BY_KIND[_K.PERMISSION],
    "WORKBOOK_PERMISSION_MISSING": info(
        _K.PERMISSION,
        _("The role lacks the permission SuiteAnalytics Workbook, so NetSuite refuses queries."),
        _(
            "In NetSuite, edit the role and add under Permissions > Reports the permission "
            "SuiteAnalytics Workbook with level Edit. The feature SuiteAnalytics Workbook must be "
            "enabled, too."
        ),
        _ROLE,
    ),
    "FEATURE_MISSING": info(
        _K.PERMISSION,
        _("A required NetSuite feature is not enabled."),
        _("Enable it under Setup > Company > Enable Features: %(detail)s"),
        _ROLE,
    ),
    "NOT_ONEWORLD": info(
        _K.PERMISSION,
        _("This NetSuite account has no subsidiaries, or the role may not see them."),
        _(
            "An account without OneWorld has no subsidiaries: everything goes to the "
            "connection's company. With OneWorld, add the permission Subsidiaries (View) to "
            "the role."
        ),
        _ROLE,
    ),
    "UNKNOWN_TABLE": info(
        _K.PERMISSION,
        _("NetSuite does not offer the table %(table)s to this role."),
        _(
            "Either the feature is not enabled in this account or the role lacks the permission to "
            "view these records."
        ),
        _SUITEQL,
    ),
}

_DATA_CODES = {
    "UNKNOWN_COLUMN": info(
        _K.DATA,
        _("NetSuite does not know the field %(column)s, or the role may not see it."),
        _(
            "If the field comes from a field mapping, correct its ID there. Otherwise the "
            "account lacks a feature, or the role a permission."
        ),
        _SUITEQL,
    ),
    "USER_ERROR": BY_KIND[_K.DATA],
    "INVALID_CONTENT": BY_KIND[_K.DATA],
    "INVALID_FIELD_VALUE": info(
        _K.DATA,
        _("NetSuite does not accept the value %(value)s in the field %(field)s."),
        _(
            "Choose a value that NetSuite allows for this record; it may belong to another "
            "subsidiary or be inactive."
        ),
    ),
    "MANDATORY_FIELD": info(
        _K.DATA,
        _("NetSuite asks for: %(labels)s."),
        _("Enter these fields, or give them a default in the connection's settings."),
    ),
    "DUPLICATE_RECORD": info(
        _K.DATA,
        _("The record already exists in NetSuite."),
        _("Link the existing record instead of creating another: %(detail)s"),
    ),
    "RECORD_LOCKED_BY_WORKFLOW": info(
        _K.DATA,
        _("A workflow in NetSuite has locked this record."),
        _("Finish the workflow in NetSuite, or exempt the integration's role from it."),
    ),
    "WRONG_TRANSACTION_TYPE": info(
        _K.DATA,
        _("NetSuite has no transaction of this type with this ID."),
        _(
            "It was deleted in NetSuite, or it is a transaction of another type. Look for it in "
            "NetSuite before you change anything in Odoo."
        ),
    ),
    "RECORD_CHANGED": info(
        _K.DATA,
        _("Someone changed the record in NetSuite at the same moment."),
        _("Read the record again, check it and send the change once more."),
    ),
    "PERIOD_CLOSED": info(
        _K.DATA,
        _("The accounting period is closed or locked in NetSuite."),
        _("Use a date in an open period, or let an administrator open the period: %(detail)s"),
    ),
    "IDEMPOTENCY_ERROR": info(
        _K.DATA,
        _("NetSuite has received this request before."),
        _("Look at the record in NetSuite; most likely it has already been done."),
    ),
    "UNEXPECTED_SHAPE": info(
        _K.DATA,
        _("NetSuite's answer for %(record)s has an unexpected value in %(column)s: %(value)s"),
        _("Open the record in NetSuite and check this field; then try the record again."),
        _SUITEQL,
    ),
    "NO_SERVER_TIME": info(
        _K.DATA,
        _("NetSuite does not give its time."),
        _("Give the integration's role the permission REST Web Services (Full)."),
        "article_0528010158",
    ),
    "UNTRUE_NUMBER": info(
        _K.DATA,
        _("The amount %(value)s has more digits than NetSuite can take."),
        _("Round the amount to the precision of its currency."),
    ),
}
_DATA_CODES["RCRD_HAS_BEEN_CHANGED"] = _DATA_CODES["RECORD_CHANGED"]

_TRANSIENT_CODES = dict.fromkeys(
    (
        "CONNECT_FAILED",
        "SERVICE_UNAVAILABLE",
        "HTML_RESPONSE",
        "BROKEN_RESPONSE",
        "GATEWAY_ERROR",
        "CONNECTION_LOST",
    ),
    BY_KIND[_K.TRANSIENT],
) | {
    "READ_TIMEOUT": info(
        _K.TRANSIENT,
        _("NetSuite did not answer in time."),
        _(
            "The work continues automatically. If it persists, choose fewer rows per call or a "
            "later hour for the first import."
        ),
    ),
    "UNEXPECTED_ERROR": info(
        _K.TRANSIENT,
        _("NetSuite reports an internal error."),
        _("Nothing to do at first. If it persists, give NetSuite support this text: %(detail)s"),
    ),
    "TOKEN_ANSWER_UNREADABLE": info(
        _K.TRANSIENT,
        _("NetSuite's login service answered with something else than a token."),
        _(
            "The login is tried again automatically. If it persists, check the account ID and "
            "the service address of the connection."
        ),
        _OAUTH,
    ),
    "TOKEN_ENDPOINT_UNREACHABLE": info(
        _K.TRANSIENT,
        _("NetSuite's login service cannot be reached."),
        _("The login is tried again automatically. If it persists, check this server's network."),
        _OAUTH,
    ),
}

_CONCURRENCY_CODES = dict.fromkeys(
    (
        "CONCURRENCY_LIMIT_EXCEEDED",
        "SSS_REQUEST_LIMIT_EXCEEDED",
        "WS_REQUEST_BLOCKED",
        "NO_FREE_SLOT",
    ),
    BY_KIND[_K.CONCURRENCY],
)

_BUG_CODES = dict.fromkeys(
    (
        "INVALID_PARAMETER",
        "INVALID_REQUEST",
        "INVALID_RETURN_DATA_FORMAT",
        "UNKNOWN_RECORD_TYPE",
        "UNKNOWN_PATH",
        "UNSENDABLE_REQUEST",
        "BODY_TOO_LARGE",
        "PAGE_REPEATED",
        "STREAM_OUT_OF_ORDER",
        "BAD_EXTERNAL_ID",
        "CONNECTION_PAUSED",
        "BAD_IDENTIFIER",
        "BAD_QUERY",
    ),
    BY_KIND[_K.BUG],
)

CATALOGUE: Mapping[str, ErrorInfo] = {
    **_AUTH_CODES,
    **_OAUTH_CODES,
    **_PERMISSION_CODES,
    **_DATA_CODES,
    **_TRANSIENT_CODES,
    **_CONCURRENCY_CODES,
    **_BUG_CODES,
    **DOCUMENT_CODES,
    "DATABASE_MOVED": info(
        _K.BUG,
        _("This database may be a copy of the one that was connected to NetSuite."),
        _("The connection says what has changed. An administrator decides there how it goes on."),
    ),
    "NONEXISTENT_ID": BY_KIND[_K.NOT_FOUND],
    "RCRD_DSNT_EXIST": BY_KIND[_K.NOT_FOUND],
}


def explain(error: NetsuiteError) -> ErrorInfo:
    """Return the entry for an error.

    The code decides as long as its kind is the error's: a time-out after a write, say, has the
    code of a time-out but is explained as an uncertain outcome.
    """
    info = CATALOGUE.get(error.code)
    return info if info is not None and info.kind is error.kind else BY_KIND[error.kind]


def fill(sentence: str, params: Mapping[str, str]) -> str:
    """Put an error's params into a (translated) sentence; a missing one becomes ``?``."""
    return sentence % _Filled(params)


class _Filled(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"
