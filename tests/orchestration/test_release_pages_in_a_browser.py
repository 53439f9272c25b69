"""The pages of a release as people meet them: on a desk and on a phone, with a screen reader, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browsing import accessibility_faults, chromium
from tests.conftest import Demonstration

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ONE_OF_EACH = (
    "index.html", "verdict.html", "quality.html", "open-data/codebook.html", "departements/62.html",
    "plaquettes/departement/62.html", "plaquettes/departement/62-courte.html", "plaquettes/national/fr.html",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.mark.parametrize("width", [1280, 390])
def test_each_kind_of_page_is_accessible(demonstration: Demonstration, browser: Browser, width: int) -> None:
    folder = sorted(demonstration.home.releases.glob("*/P1"))[-1]
    page = browser.new_page(viewport={"width": width, "height": 900})
    for name in ONE_OF_EACH:
        page.goto((folder / name).as_uri())
        assert accessibility_faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
