"""`docs/architecture.md` tells the truth: its modules exist, its paths are short, its floors are the linter's."""

from __future__ import annotations

import re
import tomllib

from core.home import PROJECT_ROOT

PAGE = (PROJECT_ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
LINTED = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
MOST_STATIONS = 9


def test_every_place_named_exists() -> None:
    places = {place for place in re.findall(r"`([a-z_/]+(?:\.py)?)`", PAGE) if "/" in place}
    assert len(places) > 20
    assert [place for place in sorted(places) if not (PROJECT_ROOT / place).exists()] == []


def test_a_file_an_answer_and_a_figure_walk_a_short_way() -> None:
    stations = {
        section.splitlines()[0]: re.findall(r"^\d+\. ", section, re.MULTILINE)
        for section in PAGE.split("\n## ")
        if section.startswith("The path of ")
    }
    assert len(stations) == 3
    assert all(2 < len(numbers) <= MOST_STATIONS for numbers in stations.values())


def test_rooms_stand_on_the_floors_that_the_linter_holds() -> None:
    floors = {room: int(floor) for floor, room in re.findall(r"^\| (\d) \| `(\w+)/` \|", PAGE, re.MULTILINE)}
    assert set(floors) == set(LINTED["root_packages"])
    (layers,) = [contract["layers"] for contract in LINTED["contracts"] if contract["type"] == "layers"]
    linted = {room: floor for floor, line in enumerate(reversed(layers), start=1) for room in line.split(" | ")}
    assert linted == floors


def test_every_decision_is_on_its_page_and_dated() -> None:
    folder = PROJECT_ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")))
    pages = {page.name: page.read_text(encoding="utf-8") for page in folder.glob("*.md") if page.name != "README.md"}
    assert listed == set(pages)
    assert [name for name, text in pages.items() if not re.search(r"^\*[A-Z]\w+ \d{4}\.\*$", text, re.MULTILINE)] == []
    assert [name for name, text in pages.items() if "**What would change it.**" not in text] == []
