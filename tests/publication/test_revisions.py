"""Two sets of figures compared: what moved, by how much."""

from __future__ import annotations

from pathlib import Path

from publication.release.revisions import figures_of, revised_figures

HEADER = "campaign,level,territory,structure_type,indicator,breakdown,value,numerator\n"


def figures(path: Path, *lines: str) -> Path:
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def changes(tmp_path: Path, before: str, after: str | None) -> list[tuple[float | None, float]]:
    old = figures(tmp_path / "old.csv", f"2019,national,FR,CS,fte_total,,{before},1", "2017,national,FR,CS,x,,1,1")
    new = figures(tmp_path / "new.csv", *([] if after is None else [f"2019,national,FR,CS,fte_total,,{after},1"]))
    revised = revised_figures(figures_of(old, 2019), figures_of(new, 2019))
    return list(revised.select("value_after", "change_pct").iter_rows())


def test_a_change_is_measured_against_the_value_before(tmp_path: Path) -> None:
    assert changes(tmp_path, "200", "199") == [(199.0, 0.5)]
    assert changes(tmp_path, "200", "200.0") == []


def test_a_value_that_is_gone_and_one_that_was_zero_changed_wholly(tmp_path: Path) -> None:
    assert changes(tmp_path, "200", None) == [(None, 100.0)]
    assert changes(tmp_path, "200", "c") == [(None, 100.0)]
    assert changes(tmp_path, "0", "3") == [(3.0, 100.0)]


def test_what_was_not_printed_before_is_no_revision(tmp_path: Path) -> None:
    assert changes(tmp_path, "", "3") == []
    assert changes(tmp_path, "c", "3") == []
