"""A real browser at the house's pages: it clicks what `docs/administrators.md` tells an administrator to click."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import BrowserContext, Page, async_playwright, expect

from runtime.settings import Settings

NEEDED = {"chromium": "chromium", "pdftoppm": "poppler-utils", "npm": "npm"}
"""Command → the Debian package it comes in."""
PATIENCE = 60_000.0
"""Milliseconds: the first page of Temporal UI is slow on a busy machine."""


@asynccontextmanager
async def opened() -> AsyncIterator[BrowserContext]:
    """A browser without a window, as an administrator's: nothing is kept in it yet."""
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = await browser.new_context(
            viewport={"width": 1280, "height": 760}, device_scale_factor=1.5, timezone_id="Europe/Moscow"
        )
        context.set_default_timeout(PATIENCE)
        try:
            yield context
        finally:
            await browser.close()


async def open_session(context: BrowserContext, settings: Settings, authorization: str) -> None:
    """Open the decoding session, as the page /codec/session does: the cookie stays with this browser."""
    address = f"{settings.public_url}/codec/session"
    await expect(await context.request.post(address, headers={"Authorization": authorization})).to_be_ok()


async def allow_decoding(context: BrowserContext, settings: Settings, picture: Path) -> None:
    """Have Temporal UI send that cookie along: kept in the browser, so an administrator does it once."""
    page = await context.new_page()
    await page.goto(runs(settings))
    await page.locator("[data-testid^=data-encoder-status]").first.click()
    dialog = page.locator("dialog[open]")
    await dialog.get_by_text("Use my browser setting").click()
    await dialog.get_by_test_id("data-encoder-endpoint-input").fill(f"{settings.public_url}/codec")
    await dialog.get_by_test_id("data-encoder-include-credentials").click()
    await dialog.screenshot(path=picture)
    print(picture)
    await dialog.get_by_test_id("confirm-modal-button").click()
    await expect(dialog).to_have_count(0)
    await page.close()


async def take_run(context: BrowserContext, settings: Settings, workflow: str, says: str, picture: Path) -> None:
    """The page of a run, its current details decoded: they say something no ciphertext would."""
    page = await context.new_page()
    await page.goto(f"{runs(settings)}/{workflow}")
    await page.get_by_test_id("user-metadata-tab").click()
    # Temporal UI shows the Markdown of people inside frames; the current details stand in the last one.
    await expect(page.locator("iframe").last.content_frame.get_by_role("cell", name=says)).to_be_visible()
    await take(page, picture)


async def take_openapi(context: BrowserContext, settings: Settings, picture: Path) -> None:
    """The OpenAPI page."""
    page = await context.new_page()
    await page.goto(f"{settings.public_url}/docs", wait_until="commit")
    await expect(page.locator(".opblock").first).to_be_visible()
    await take(page, picture)


async def take(page: Page, picture: Path) -> None:
    """Take what is seen."""
    await page.screenshot(path=picture)
    print(picture)
    await page.close()


def runs(settings: Settings) -> str:
    """The list of runs."""
    return f"{settings.temporal_ui_url}/namespaces/{settings.temporal_namespace}/workflows"
