import csv
import hashlib
import json
import stat
from pathlib import Path

import duckdb
import polars as pl
import pytest

from publication.open_data.data_files import neutralised
from publication.release.publish import NotPublishable, publish
from tests.publication.candidate_fixture import (
    PRINTED,
    PUBLISHED_AT,
    build_candidate,
    passing_verdict,
    sample_figures,
    sample_frame,
)
from tests.publication.published_pages import in_french, page, pdf_text

DEMO = "données de démonstration"


def oracle(campaign: str, level: str, territory: str) -> dict[str, str]:
    """type/indicator[/breakdown] → value, as the bundled oracle writes it."""
    return {
        "/".join(part for part in (row["structure_type"], row["indicator"], row["breakdown"]) if part): row["value"]
        for row in sample_figures().iter_rows(named=True)
        if (row["campaign"], row["level"], row["territory"]) == (campaign, level, territory)
    }


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_holds_a_sheet_for_each_departement_with_agreed_structures(release_2019: Path) -> None:
    expected = {
        f"{code}{kind}" for code in ("04", "13", "22", "29", "35", "56", "59", "62") for kind in (".html", ".pdf")
    }
    assert {path.name for path in (release_2019 / "departements").iterdir()} == expected
    assert {"national.html", "national.pdf", "figures.csv", "README.txt"} <= {p.name for p in release_2019.iterdir()}


def test_every_number_of_every_page_is_a_figure_of_the_oracle(release_2019: Path) -> None:
    territories = {"FR": ("national", "FR")} | {f"DEP-{c}": ("departement", c) for c in ("04", "13", "59", "62")}
    known = {name: oracle("2019", *place) for name, place in territories.items()}
    checked = 0
    for path in ("national.html", *(f"departements/{code}.html" for code in ("04", "13", "59", "62"))):
        for figure in page(release_2019 / path).figures:
            campaign, territory, address = figure.address.split("/", 2)
            value = known.get(territory, {}).get(address)
            if campaign != "2019" or value is None or figure.text[-2:] in ("M€", "k€"):
                continue
            counted_base = figure.text.strip("\u202f%€ ") != in_french(value)
            if counted_base and not figure.text.isdigit():
                pytest.fail(f"{path}: {figure.address} = {value}, printed {figure.text}")
            checked += 1
    assert checked > 500


def test_pdf_prints_the_values_of_the_seed(release_2019: Path) -> None:
    text = pdf_text(release_2019 / "departements" / "62.pdf")
    values = oracle("2019", "departement", "62")
    for figure in ("fte_total", "volunteers_activity_total", "board_members_total", "resident_projects_total"):
        assert in_french(values[f"CS/{figure}"]) in text
    assert f"{in_french(values['CS/income_mean'])}\u202f€ en moyenne par centre" in text
    assert "27,0\u202fM€" in text
    assert "sur 35 centres sociaux ayant répondu à la question" in text
    assert f"{values['EVS/structures_agreed']} EVS agréés" in text
    for code in ("association", "public", "caf", "other"):
        assert f"{in_french(values[f'CS/management_share/{code}'])}\u202f%" in text
    for funder in ("caf", "local_authorities", "departement", "region", "state", "users", "other"):
        assert f"{values[f'CS/income_share_2019/{funder}']}\u202f%" in text


@pytest.mark.parametrize("name", ["national.html", "departements/62.html", "index.html"])
def test_pages_stand_alone_and_are_accessible(release_2019: Path, name: str) -> None:
    parsed = page(release_2019 / name)
    assert parsed.lang == "fr"
    assert parsed.outside == []
    assert parsed.headings[0] == "h1"
    assert parsed.headings.count("h1") == 1
    assert parsed.alternatives
    assert all(parsed.alternatives)
    assert not any(link.startswith(("http:", "https:", "//")) for link in parsed.links)


def test_alternatives_carry_the_values(release_2019: Path) -> None:
    said = " ".join(page(release_2019 / "departements" / "62.html").alternatives)
    assert "Associatif\u202f: 60,0\u202f%" in said
    assert "Pas-de-Calais, 2018\u202f: 28,6" in said
    assert "Rupture de série en 2016" in said
    mapped = " ".join(page(release_2019 / "national.html").alternatives)
    assert "Nord 55" in mapped


def test_every_link_of_the_index_leads_to_a_file_and_every_file_is_linked(release_2019: Path) -> None:
    links = {link for link in page(release_2019 / "index.html").links if not link.startswith("#")}
    assert all((release_2019 / link).is_file() for link in links)
    assert set(files(release_2019)) - links == {"index.html"}
    for sheet in (release_2019 / "departements").glob("*.html"):
        assert all((sheet.parent / link).is_file() for link in page(sheet).links if not link.startswith("#"))


def test_demonstration_is_marked_in_every_output(release_2019: Path) -> None:
    for path in release_2019.rglob("*.html"):
        assert DEMO in page(path).text
    for path in release_2019.rglob("*.pdf"):
        assert DEMO in pdf_text(path)
    with (release_2019 / "figures.csv").open(encoding="utf-8", newline="") as lines:
        assert {row["remarque"] for row in csv.DictReader(lines)} == {DEMO}
    assert json.loads((release_2019 / "manifest.json").read_text())["demo"] is True
    assert DEMO in (release_2019 / "README.txt").read_text(encoding="utf-8")
    with duckdb.connect(str(release_2019 / "senacs_2019_P1.duckdb"), read_only=True) as database:
        comments = database.execute("select comment from duckdb_tables()").fetchall()
        assert all(DEMO in comment for (comment,) in comments)
        assert database.execute("select demo, remark from release").fetchall() == [(True, DEMO)]


def test_real_data_carry_no_mark(tmp_path: Path) -> None:
    candidate = build_candidate(tmp_path / "candidate", demo=False)
    folder = publish(
        candidate, passing_verdict(2011), 2011, "F", tmp_path / "releases", published_at=PUBLISHED_AT, plaquettes=()
    )
    assert "démonstration" not in page(folder / "national.html").text.lower()
    assert "démonstration" not in pdf_text(folder / "departements" / "62.pdf").lower()
    assert "remarque" not in (folder / "figures.csv").read_text(encoding="utf-8").splitlines()[0]
    assert json.loads((folder / "manifest.json").read_text())["demo"] is False


def test_figures_csv_is_the_campaign_of_the_candidate_s(candidate: Path, release_2019: Path) -> None:
    with (candidate / "figures.csv").open(encoding="utf-8", newline="") as lines:
        expected = [row for row in csv.DictReader(lines) if row["campaign"] == "2019"]
    with (release_2019 / "figures.csv").open(encoding="utf-8", newline="") as lines:
        published = [{name: row[name] for name in row if name != "remarque"} for row in csv.DictReader(lines)]
    hidden = {"value": "", "numerator": "", "denominator": ""}
    for row, original in zip(published, expected, strict=True):
        status = row.pop("status")
        few = int(original["n_respondents"] or 0) < 3 and not original["indicator"].startswith(
            ("structures_", "response_")
        )
        assert status == ("primary" if few else "published")
        assert row == (original | hidden if few else original)


def test_marts_stop_at_the_campaign(candidate: Path, tmp_path: Path) -> None:
    folder = publish(
        candidate, passing_verdict(2017), 2017, "P1", tmp_path / "releases", published_at=PUBLISHED_AT, plaquettes=()
    )
    of_answers = {"fct_staff.parquet"}
    expected = {path.name for path in (candidate / "marts").iterdir()} - of_answers
    assert {path.name for path in (folder / "marts").iterdir()} == expected
    structures = f"read_parquet('{folder}/marts/dim_structure.parquet')"
    with duckdb.connect() as connection:
        assert connection.execute(f"select max(campaign) from {structures}").fetchall() == [(2017,)]
        latest = connection.execute(
            f"select count(*) - count(distinct structure_id) from {structures} where is_latest = 1"
        ).fetchall()
        assert latest == [(0,)]


def test_bi_file_answers_read_only_and_has_no_log(release_2019: Path) -> None:
    path = release_2019 / "senacs_2019_P1.duckdb"
    assert not path.with_name(f"{path.name}.wal").exists()
    with duckdb.connect(str(path), read_only=True) as database:
        rows = database.execute(
            "select value_rounded from figures where campaign = 2019 and territory_id = 'DEP-62' "
            "and structure_type = 'CS' and indicator = 'income_mean'"
        ).fetchall()
        assert [int(value) for (value,) in rows] == [819646]
        undescribed = database.execute(
            "select table_name from duckdb_tables() where comment is null or comment = ''"
        ).fetchall()
        assert undescribed == []
        described = database.execute(
            "select comment from duckdb_columns() where table_name = 'figures' and column_name = 'n_respondents'"
        ).fetchall()
        assert described == [("Structures ayant répondu à la question",)]


def test_manifest_names_inputs_code_verdict_and_every_file(release_2019: Path) -> None:
    manifest = json.loads((release_2019 / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["campaign"] == 2019
    assert manifest["vintage"] == "P1"
    assert manifest["published_at"] == "2026-11-22T06:00:00+00:00"
    assert manifest["code_version"] == "0.1.0+test"
    assert manifest["inputs"][0]["sha256"] == "0" * 64
    assert manifest["verdict"]["outcome"] == "publishable"
    content = files(release_2019)
    assert set(manifest["files"]) == set(content) - {"manifest.json", "SHA256SUMS"}
    for path, entry in manifest["files"].items():
        assert entry["sha256"] == hashlib.sha256(content[path]).hexdigest()
    sums = dict(reversed(line.split("  ")) for line in content["SHA256SUMS"].decode().splitlines())
    assert set(sums) == set(content) - {"SHA256SUMS"}
    assert sums["manifest.json"] == hashlib.sha256(content["manifest.json"]).hexdigest()


def test_everything_is_read_only(release_2019: Path) -> None:
    for path in (release_2019, *release_2019.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o555 if path.is_dir() else 0o444)


def test_the_same_candidate_gives_the_same_bytes(candidate: Path, release_2019: Path, tmp_path: Path) -> None:
    again = publish(
        candidate,
        passing_verdict(2019),
        2019,
        "P1",
        tmp_path / "releases",
        published_at=PUBLISHED_AT,
        plaquettes=PRINTED,
    )
    first, second = files(release_2019), files(again)
    apart = {"senacs_2019_P1.duckdb", "manifest.json", "SHA256SUMS"}
    assert set(first) == set(second)
    assert [path for path in first if path not in apart and first[path] != second[path]] == []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{release_2019}/senacs_2019_P1.duckdb' as one (read_only)")
        connection.execute(f"attach '{again}/senacs_2019_P1.duckdb' as two (read_only)")
        tables = connection.execute("select table_name from duckdb_tables() where database_name = 'one'").fetchall()
        assert tables
        for (table,) in tables:
            changed = connection.execute(
                f"select count(*) from (from one.{table} except all from two.{table})"
            ).fetchone()
            assert changed == (0,), table


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\rx", "=", "-"])
def test_text_that_a_spreadsheet_would_run_is_neutralised(cell: str) -> None:
    assert neutralised(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-12.5", "+3", "0", "", "Caf", "a=b", "-1.2e-05"])
def test_numbers_and_plain_text_stay_as_they_are(cell: str) -> None:
    assert neutralised(cell) == cell


def test_figures_csv_is_safe_to_open(tmp_path: Path) -> None:
    candidate = build_candidate(tmp_path / "candidate", demo=False)
    lines = (candidate / "figures.csv").read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace("structures_agreed,,28", "=HYPERLINK(),,-28")
    (candidate / "figures.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    folder = publish(candidate, passing_verdict(2011), 2011, "P1", tmp_path / "releases", plaquettes=())
    assert "'=HYPERLINK(),,-28," in (folder / "figures.csv").read_text(encoding="utf-8")


def test_hostile_names_are_printed_as_text(tmp_path: Path) -> None:
    frame = sample_frame()
    name, commune = "<script>alert(1)</script> & #panic() $x$ 中😀", "=cmd|' /C calc'!A0"
    first = (pl.col("campaign") == 2011) & (pl.col("structure_id") == "CS-62-0001")
    frame = frame.with_columns(
        pl.when(first).then(pl.lit(text)).otherwise(pl.col(column)).alias(column)
        for column, text in (("name", name), ("commune_name", commune))
    )
    candidate = build_candidate(tmp_path / "candidate", frame=frame)
    folder = publish(
        candidate,
        passing_verdict(2011),
        2011,
        "P1",
        tmp_path / "releases",
        published_at=PUBLISHED_AT,
        plaquettes=PRINTED,
    )
    parsed = page(folder / "departements" / "62.html")
    assert parsed.outside == []
    assert "<script>alert(1)</script> & #panic() $x$ 中😀" in parsed.text
    assert "#panic() $x$ ??" in pdf_text(folder / "departements" / "62.pdf")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"outcome": "blocked"}, "bloquée"),
        ({"campaign": 2017}, "2017"),
        ({"build_id": "another"}, "another"),
        ({"outcome": "perhaps"}, "perhaps"),
    ],
)
def test_without_a_passing_verdict_of_this_build_nothing_is_written(
    candidate: Path, tmp_path: Path, changes: dict, told: str
) -> None:
    with pytest.raises(NotPublishable, match=told):
        publish(candidate, passing_verdict(2019, **changes), 2019, "P1", tmp_path / "releases")
    assert not (tmp_path / "releases").exists()


def test_progress_counts_every_step(candidate: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    publish(
        candidate, passing_verdict(2011), 2011, "P1", tmp_path / "releases", progress=lambda *step: seen.append(step)
    )
    assert [done for _, done, _ in seen] == list(range(1, seen[-1][2] + 1))
    assert "Pas-de-Calais" in {label for label, _, _ in seen}


def test_a_later_vintage_tells_what_changed(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    first = publish(build_candidate(tmp_path / "one"), passing_verdict(2011), 2011, "P1", releases, plaquettes=())
    assert not (first / "differences.csv").exists()
    figures = sample_figures()
    income = (pl.col("indicator") == "income_mean") & (pl.col("territory") == "62") & (pl.col("campaign") == "2011")
    members = (pl.col("indicator") == "board_members_total") & (pl.col("territory") == "62")
    corrected = figures.filter(~members).with_columns(value=pl.when(income).then(pl.lit("609118")).otherwise("value"))
    second = publish(
        build_candidate(tmp_path / "two", figures=corrected), passing_verdict(2011), 2011, "P2", releases, plaquettes=()
    )
    with (second / "differences.csv").open(encoding="utf-8", newline="") as lines:
        changes = {
            (row["territory"], row["indicator"]): (row["change"], row["value_before"], row["value_after"])
            for row in csv.DictReader(lines)
        }
    assert changes == {
        ("62", "income_mean"): ("value", "609117", "609118"),
        ("62", "board_members_total"): ("removed", "499", ""),
    }
    previous = json.loads((second / "manifest.json").read_text(encoding="utf-8"))["previous"]
    assert previous["vintage"] == "P1"
    assert previous["changes"] == {"removed": 1, "value": 1}


def test_a_campaign_without_structures_is_not_published(tmp_path: Path) -> None:
    frame = sample_frame().filter(pl.col("campaign") != 2017)
    lacking = build_candidate(tmp_path / "candidate", frame=frame)
    with pytest.raises(NotPublishable, match="aucune structure agréée"):
        publish(lacking, passing_verdict(2017), 2017, "P1", tmp_path / "releases", plaquettes=())
    assert not (tmp_path / "releases" / "2017" / "P1").exists()


def test_a_territory_that_the_gate_withholds_has_no_sheet(candidate: Path, tmp_path: Path) -> None:
    verdict = passing_verdict(2017, publications={"FR": "publishable", "DEP-13": "blocked", "DEP-62": "publishable"})
    folder = publish(candidate, verdict, 2017, "P1", tmp_path / "releases", plaquettes=())
    assert {path.stem for path in (folder / "departements").iterdir()} == {"04", "62"}
    index = page(folder / "index.html")
    assert "retenue par le contrôle" in index.text
    assert all((folder / link).is_file() for link in index.links if not link.startswith("#"))
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["verdict"]["withheld"] == ["DEP-13"]
    tables = {
        "figures.csv": pl.read_csv(folder / "figures.csv", infer_schema=False),
        "open data": pl.read_parquet(folder / "open-data" / "figures.parquet"),
        "marts": pl.read_parquet(folder / "marts" / "figures.parquet").filter(campaign=2017),
    }
    with duckdb.connect(str(folder / "senacs_2017_P1.duckdb"), read_only=True) as bi_file:
        tables["BI"] = bi_file.execute("from figures where campaign = 2017").pl()
    for name, table in tables.items():
        here = table.filter(pl.col("level") == "departement")
        frame = set(here.filter(territory="13")["indicator"])
        assert "structures_responded" in frame and all(n.startswith(("structures_", "response_")) for n in frame), name
        assert "fte_total" in set(here.filter(territory="62")["indicator"])
