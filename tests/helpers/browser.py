"""One real browser for all tests of pages."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Containers have no user namespaces to spare for Chromium's own sandbox, and the page is ours. The rest keeps
# the browser from calling home, so that every request seen is the document's.
_OPTIONS = (
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """Start Chromium: the one that Playwright brought, else the system's. Without one the tests fail."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        path = own if Path(own).exists() else next(filter(None, map(shutil.which, _SYSTEM_BROWSERS)), None)
        if path is None:
            pytest.fail(
                "the report's tests need Chromium: install the package chromium, or run `playwright install`"
            )
        try:
            browser = playwright.chromium.launch(executable_path=path, args=list(_OPTIONS))
        except Error as error:
            pytest.fail(f"Chromium at {path} did not start: {error}")
        yield browser
        browser.close()
