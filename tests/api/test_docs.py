"""The OpenAPI page of a clinic's closed network: nothing on it comes from elsewhere."""

import re

import httpx


async def test_the_page_names_no_address_but_our_own(bare_client: httpx.AsyncClient) -> None:
    answer = await bare_client.get("/docs")
    assert answer.status_code == 200
    assert "://" not in answer.text
    assert "connect-src 'self'" in answer.headers["content-security-policy"]
    assert "http" not in answer.headers["content-security-policy"]


async def test_what_the_page_names_is_served(bare_client: httpx.AsyncClient) -> None:
    page = (await bare_client.get("/docs")).text
    named = re.findall(r'(?:src|href)="([^"]+)"', page) + re.findall(r"url: '([^']+)'", page)
    kinds = {}
    for path in named:
        answer = await bare_client.get(path)
        assert answer.status_code == 200, path
        kinds[path.rpartition("/")[2]] = answer.headers["content-type"].split(";")[0]
    assert set(kinds) == {"swagger-ui.css", "favicon.png", "swagger-ui-bundle.js", "openapi.json"}
    assert kinds["swagger-ui.css"] == "text/css"
    assert "javascript" in kinds["swagger-ui-bundle.js"], "with nosniff a browser runs nothing else"
