"""A real browser at the house's pages: it clicks what `docs/administrators.md` tells an administrator to click."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import BrowserContext, async_playwright, expect

from runtime.settings import Settings

NEEDED = {"chromium": "chromium", "pdftoppm": "poppler-utils"}
"""Command → the Debian package it comes in."""
SIZE = {"width": 1280, "height": 900}
PATIENCE = 60_000.0
"""Milliseconds: the first page of Temporal UI is slow on a busy machine."""


@asynccontextmanager
async def opened() -> AsyncIterator[BrowserContext]:
    """A browser without a window, as an administrator's: nothing is kept in it yet."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--lang=ru"]
        )
        context = await browser.new_context(viewport=SIZE, device_scale_factor=1.5, locale="ru-RU")
        context.set_default_timeout(PATIENCE)
        try:
            yield context
        finally:
            await browser.close()


async def open_session(context: BrowserContext, settings: Settings, authorization: str) -> None:
    """Open the decoding session, as the page /docs does: the cookie stays with this browser."""
    answer = await context.request.post(f"{settings.public_url}/codec/session", headers={"Authorization": authorization})
    await expect(answer).to_be_ok()


async def allow_decoding(context: BrowserContext, settings: Settings, picture: Path) -> None:
    """Tell Temporal UI to send that cookie along; once a browser."""
    page = await context.new_page()
    await page.goto(f"{settings.temporal_ui_url}/namespaces/{settings.temporal_namespace}/workflows")
    await page.get_by_test_id("data-encoder-status").click()
    await page.screenshot(path=picture)
    await page.close()


async def take_run(context: BrowserContext, settings: Settings, workflow: str, picture: Path) -> None:
    """The page of a run, its current details decoded."""
    page = await context.new_page()
    await page.goto(f"{settings.temporal_ui_url}/namespaces/{settings.temporal_namespace}/workflows/{workflow}")
    await page.wait_for_timeout(5000)
    await page.screenshot(path=picture)
    print(picture)
    await page.close()


async def take_openapi(context: BrowserContext, settings: Settings, picture: Path) -> None:
    """The OpenAPI page."""
    page = await context.new_page()
    await page.goto(f"{settings.public_url}/docs")
    await page.screenshot(path=picture)
    await page.close()
