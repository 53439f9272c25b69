"""Declarations: kept one after the other, never changed, and refused once somebody has touched them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.home import Home
from ingest.receive.archive import SIGNATURES, Archive, ArchiveError
from ingest.receive.declarations import declare, declared


def test_declarations_come_back_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for action in ("sign", "withdraw", "sign"):
        declare(home, SIGNATURES, 2019, "caf-62", {"action": action})
    declare(home, SIGNATURES, 2017, "caf-62", {"action": "sign"})

    found = declared(home, SIGNATURES, 2019)

    assert [line["action"] for line in found] == ["sign", "withdraw", "sign"]
    assert {line["who"] for line in found} == {"caf-62"} and {line["campaign"] for line in found} == {2019}


def test_a_signature_makes_nothing_to_build(tmp_path: Path) -> None:
    home = Home(tmp_path)
    before = Archive(home).cursor()

    declare(home, SIGNATURES, 2019, "caf-62", {"action": "sign"})

    assert Archive(home).cursor() == before


def test_a_declaration_that_was_touched_is_named_and_not_believed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    declare(home, SIGNATURES, 2019, "caf-62", {"action": "absent"})
    [path] = home.archive.glob("signatures/2019/caf-62/*/declaration.json")
    path.write_text(path.read_text(encoding="utf-8").replace("absent", "sign"), encoding="utf-8")

    with pytest.raises(ArchiveError, match="2019-caf-62"):
        declared(home, SIGNATURES, 2019)


def test_a_declaration_whose_file_is_gone_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path)
    declare(home, SIGNATURES, 2019, "caf-62", {"action": "sign"})
    next(home.archive.glob("signatures/2019/caf-62/*/declaration.json")).unlink()

    with pytest.raises(ArchiveError, match="2019-caf-62"):
        declared(home, SIGNATURES, 2019)
