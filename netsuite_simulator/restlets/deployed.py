"""Which RESTlets the account has deployed, by script."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsuite_simulator.restlets import document, payment
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import Answer, ApiError

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

PATH = "/app/site/hosting/restlet.nl"
Script = Callable[["SimulatedAccount", Call], Answer]
# The deployment and the function of a script; a switch says whether it is deployed.
_SCRIPTS: dict[str, tuple[str, str, Script]] = {
    document.SCRIPT: (document.DEPLOYMENT, "document_restlet", document.document),
    payment.SCRIPT: (payment.DEPLOYMENT, "payment_restlet", payment.payment),
}


def restlet(account: SimulatedAccount, call: Call) -> Answer:
    """Answer a call of a RESTlet.

    :raise ApiError: no script of that id is deployed, or the script refuses; the application
        words it as RESTlets do.
    """
    found = _SCRIPTS.get(call.args.get("script", ""))
    if found is not None:
        deployment, switch, script = found
        if call.args.get("deploy") == deployment and getattr(account.switches, switch):
            return script(account, call)
    raise ApiError(
        400,
        "SSS_INVALID_SCRIPTLET_ID",
        "That Suitelet is invalid, disabled, or no longer exists.",
    )
