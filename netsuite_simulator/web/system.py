"""Small services: server time, governance limits, token information."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import Answer, ApiError, json_answer

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


_PATTERNS = {"M/D/YYYY": "M/d/YYYY", "D/M/YYYY": "d/M/YYYY", "YYYY-MM-DD": "YYYY-MM-dd"}


def user_preference(account: SimulatedAccount, call: Call) -> Answer:
    """Answer `preference/userPreference`, where the account has it: zone and formats."""
    if not account.switches.user_preference:
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist.")
    zone = account.queries.session_zone()
    return json_answer(
        {
            "timeZone": {"id": zone, "refName": zone},
            "dateFormat": _PATTERNS[account.switches.date_format],
            "timeFormat": "h:mm a",
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
