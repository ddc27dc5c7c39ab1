"""A client that somebody else wrote: the package `netsuite`, signing with TBA.

It always addresses `https://<account>.suitetalk.api.netsuite.com`. Only the connection is
redirected to the simulator; address, Host header and signature stay the client's own.
"""

from __future__ import annotations

import asyncio
import functools
from typing import Any

import httpx
import netsuite  # type: ignore[import-untyped]
import pytest
from netsuite.exceptions import NetsuiteAPIRequestError  # type: ignore[import-untyped]

from netsuite_simulator.testing import RunningSimulator


class Redirect(httpx.AsyncHTTPTransport):
    """Connects to the simulator whatever host a request names."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._target = httpx.URL(base_url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(
            scheme=self._target.scheme, host=self._target.host, port=self._target.port
        )
        return await super().handle_async_request(request)


@pytest.fixture
def client(simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch) -> Any:
    redirected = functools.partial(httpx.AsyncClient, transport=Redirect(simulator.base_url))
    monkeypatch.setattr(httpx, "AsyncClient", redirected)
    tokens = simulator.account.credentials.tba
    config = netsuite.Config(
        account=simulator.account_id,
        auth=netsuite.TokenAuth(
            consumer_key=tokens.consumer_key, consumer_secret=tokens.consumer_secret,
            token_id=tokens.token_id, token_secret=tokens.token_secret,
        ),
    )  # fmt: skip
    return netsuite.NetSuite(config).rest_api


def test_client_lists_pages_and_reads_records(simulator: RunningSimulator, client: Any) -> None:
    async def visit() -> tuple[Any, Any, Any]:
        first = await client.get("/record/v1/currency", params={"limit": 3, "offset": 0})
        second = await client.get("/record/v1/currency", params={"limit": 3, "offset": 3})
        record = await client.get(f"/record/v1/currency/{second['items'][0]['id']}")
        return first, second, record

    first, second, record = asyncio.run(visit())

    assert (first["count"], first["hasMore"]) == (3, True)
    assert (second["count"], second["hasMore"]) == (2, False)
    assert record["symbol"] == "JPY"
    assert first["links"][0]["href"].startswith(
        f"https://{simulator.account.host_label}.suitetalk.api.netsuite.com/services/rest/"
    )


def test_client_runs_suiteql_page_by_page(simulator: RunningSimulator, client: Any) -> None:
    async def visit() -> list[str]:
        symbols: list[str] = []
        while True:
            page = await client.suiteql(
                q="SELECT symbol FROM currency ORDER BY id", limit=2, offset=len(symbols)
            )
            symbols += [item["symbol"] for item in page["items"]]
            if not page["hasMore"]:
                return symbols

    assert asyncio.run(visit()) == ["USD", "GBP", "EUR", "JPY", "CAD"]
    assert {entry["auth"] for entry in simulator.requests()} == {"tba"}


def test_client_writes_a_record(client: Any) -> None:
    body = {"companyName": "Third Party Co", "subsidiary": {"id": "1"}}

    async def visit() -> Any:
        await client.put("/record/v1/customer/eid:third-party", json=body)
        return await client.get("/record/v1/customer/eid:third-party")

    assert asyncio.run(visit())["companyName"] == "Third Party Co"


def test_client_sees_the_validation_error_it_asks_for(client: Any) -> None:
    async def visit() -> None:
        await client.post("/record/v1/customer", json={"nosuch": 1, "subsidiary": {"id": "1"}})

    with pytest.raises(NetsuiteAPIRequestError, match="nosuch"):
        asyncio.run(visit())


def test_client_reads_schema_and_token_info(simulator: RunningSimulator, client: Any) -> None:
    async def visit() -> tuple[Any, Any]:
        return await client.jsonschema("customer"), await client.token_info()

    schema, info = asyncio.run(visit())

    assert "companyName" in schema["properties"]
    assert info["companyId"] == simulator.account_id


def test_client_with_a_wrong_secret_is_refused(simulator: RunningSimulator, client: Any) -> None:
    client._config.auth.token_secret = "wrong"

    with pytest.raises(NetsuiteAPIRequestError, match="INVALID_LOGIN"):
        asyncio.run(client.get("/record/v1/currency/1"))

    assert simulator.requests()[-1]["login_detail"] == "InvalidSignature"
