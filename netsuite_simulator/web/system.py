"""Small services: server time, governance limits, token information."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import Answer, json_answer

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount


def server_time(account: SimulatedAccount, call: Call) -> Answer:
    """Answer `/services/rest/system/v1/serverTime`."""
    now = account.clock.now()
    return json_answer({"serverTime": now.strftime("%Y-%m-%dT%H:%M:%S.000Z")})


def governance_limits(account: SimulatedAccount, call: Call) -> Answer:
    """Answer `/services/rest/system/v1/governanceLimits`."""
    limit = account.switches.concurrency_limit
    return json_answer(
        {
            "accountConcurrencyLimit": limit,
            "accountUnallocatedConcurrencyLimit": limit,
            "integrationLimitType": "accountLimit",
        }
    )


def token_info(account: SimulatedAccount, call: Call) -> Answer:
    """Answer `/rest/tokeninfo`: company, role and user behind a token of TBA."""
    user = account.credentials.integration_user
    return json_answer(
        {
            "companyId": account.account_id,
            "companyName": "Simulated Company",
            "roleId": user.role,
            "roleName": "Receivables Integration",
            "userId": user.entity,
            "userName": user.name,
            "userEmail": user.email,
        }
    )
