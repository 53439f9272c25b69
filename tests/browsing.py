"""A real browser for the tests of pages: Chromium driven by Playwright, and axe-core's opinion of what it shows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WCAG_2_1_AA = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium, without network. Skips the test on a machine that has none: CI installs it."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def accessibility_faults(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.1 A and AA: rule, help, first elements."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=WCAG_2_1_AA).response["violations"]
    return [f"{fault['id']}: {fault['help']} {[node['html'][:120] for node in fault['nodes'][:3]]}" for fault in found]
