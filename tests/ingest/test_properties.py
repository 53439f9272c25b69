"""Laws of reading: what may change in a return without changing what it says, and what a change must add."""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.spelling import folded
from ingest.returns.as_read import ReadFile
from ingest.returns.headers import HeaderIndex
from ingest.values.parsing import answers_of, read_number
from registry import Registry
from tests.ingest.mess.containers import Sheets
from tests.ingest.mess.layouts import KEY_LABELS, Grid, Style, table
from tests.ingest.mess.parcels import (
    CONTAINERS,
    NARROW,
    NO_BREAK,
    ONE_SHEET,
    STARTS_A_PROCESS,
    STYLES,
    Sender,
    is_written,
)
from tests.ingest.mess.taking import Desk
from tests.ingest.mess.truth import Response

few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
many = settings(max_examples=150, deadline=None, derandomize=True)
Answers = dict[tuple[str, str], object]

WRITINGS = [
    (style, container)
    for style in STYLES
    for container in CONTAINERS
    if is_written(style, container) and container != STARTS_A_PROCESS
]
campaigns = st.sampled_from([2011, 2017, 2019])


@pytest.fixture(scope="module")
def desk(registry: Registry) -> Desk:
    return Desk(registry)


def answers_read(desk: Desk, content: bytes, name: str, campaign: int) -> tuple[Answers, ReadFile]:
    """The answers of a file, by identifier and variable; and the file as read."""
    read = desk.read(content, name, campaign)
    assert isinstance(read, ReadFile), read
    names = [row.identifier for row in read.rows]
    cells = pl.DataFrame(
        {
            "row_id": pl.Series(read.cell_row, dtype=pl.Int32),
            "structure_type": pl.Series([read.rows[row].structure_type for row in read.cell_row], dtype=pl.String),
            "question_code": pl.Series(read.cell_question, dtype=pl.String),
            "option": pl.Series(read.cell_option, dtype=pl.String),
            "sheet": pl.Series(read.cell_sheet, dtype=pl.String),
            "line": pl.Series(read.cell_line, dtype=pl.Int32),
            "column": pl.Series(read.cell_column, dtype=pl.Int32),
            "text": pl.Series(read.cell_text, dtype=pl.String),
        }
    )
    found = answers_of(cells, desk.registry, campaign)
    values = ("status", "value_num", "value_text", "value_date", "fault", "approximate")
    rows = found.select("row_id", "variable", *values).iter_rows()
    return {(names[row], variable): said for row, variable, *said in rows}, read


def written(desk: Desk, campaign: int, seed: int, style: str, container: str, types: list[str]) -> tuple[bytes, str]:
    """A truth drawn from `seed`, written in a style and a container."""
    sender = Sender(desk.registry, campaign)
    sender.rng.seed(seed)
    groups = {name: sender.responses(name, 3) for name in types}
    sheets: Sheets = {n: table(desk.registry, campaign, group, STYLES[style]) for n, group in groups.items()}
    extension, write = CONTAINERS[container]
    return write(sheets), f"retour.{extension}"


@few
@given(st.data(), campaigns, st.integers(0, 2**32))
def test_the_same_truth_in_any_two_formats_gives_the_same_answers(
    desk: Desk, data: st.DataObject, campaign: int, seed: int
) -> None:
    both = [data.draw(st.sampled_from(WRITINGS)) for _ in range(2)]
    types = desk.registry.types_asked(campaign)
    if any(CONTAINERS[container][0] in ONE_SHEET for _, container in both):
        types = [data.draw(st.sampled_from(types))]
    one, other = (answers_read(desk, *written(desk, campaign, seed, *writing, types), campaign)[0] for writing in both)
    assert one == other


def sheets_of(desk: Desk, campaign: int, seed: int, style: str) -> Sheets:
    sender = Sender(desk.registry, campaign)
    sender.rng.seed(seed)
    return sender.tables(STYLES[style])[0]


plain_styles = st.sampled_from(["codes", "labels", "joined codes", "limesurvey", "kobo", "kobo split"])


@few
@given(campaigns, st.integers(0, 2**32), plain_styles, st.randoms(use_true_random=False))
def test_the_order_of_columns_rows_and_sheets_changes_nothing(
    desk: Desk, campaign: int, seed: int, style: str, chance: random.Random
) -> None:
    sheets = sheets_of(desk, campaign, seed, style)
    mixed: Sheets = {}
    for name in chance.sample(sorted(sheets), len(sheets)):
        header, *rows = sheets[name]
        order = chance.sample(range(len(header)), len(header))
        mixed[name] = [[row[place] for place in order] for row in (header, *chance.sample(rows, len(rows)))]
    extension, write = CONTAINERS["calc"]
    one, other = (answers_read(desk, write(grids), f"a.{extension}", campaign) for grids in (sheets, mixed))
    assert one[0] == other[0]
    assert (other[1].unknown, other[1].ignored) == ([], [])


unknown_headers = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Mn")), min_size=1, max_size=40
)


@few
@given(campaigns, st.integers(0, 2**32), plain_styles, st.lists(unknown_headers, min_size=1, max_size=4), st.data())
def test_unknown_columns_are_listed_once_each_and_change_no_answer(
    desk: Desk, campaign: int, seed: int, style: str, headers: list[str], data: st.DataObject
) -> None:
    index = desk.indexes[campaign]
    headers = [header for header in headers if header.strip() and not index.targets(header)]
    sheets = sheets_of(desk, campaign, seed, style)
    name = data.draw(st.sampled_from(sorted(sheets)))
    place = data.draw(st.integers(0, len(sheets[name][0])))
    more = dict(sheets)
    more[name] = [
        [*row[:place], *(headers if number == 0 else ["?"] * len(headers)), *row[place:]]
        for number, row in enumerate(sheets[name])
    ]
    extension, write = CONTAINERS["calc"]
    one, other = (answers_read(desk, write(grids), f"a.{extension}", campaign) for grids in (sheets, more))
    assert one[0] == other[0]
    assert sorted(folded(column.header) for column in other[1].unknown) == sorted(map(folded, headers))


@few
@given(campaigns, st.integers(0, 2**32), plain_styles, st.randoms(use_true_random=False))
def test_blank_rows_and_columns_change_nothing(
    desk: Desk, campaign: int, seed: int, style: str, chance: random.Random
) -> None:
    sheets = sheets_of(desk, campaign, seed, style)
    spread: Sheets = {}
    for name, grid in sheets.items():
        blank = {chance.randrange(len(grid[0])) for _ in range(5)}
        wide: Grid = [
            [cell for at, text in enumerate(row) for cell in ((None, text) if at in blank else (text,))] for row in grid
        ]
        spread[name] = [line for row in wide for line in (*[[] for _ in range(chance.randrange(3))], row)]
    extension, write = CONTAINERS["excel"]
    one, other = (answers_read(desk, write(grids), f"a.{extension}", campaign) for grids in (sheets, spread))
    assert one[0] == other[0]
    assert other[1].unknown == []


def spelled_otherwise(text: str, chance: random.Random) -> str:
    """The same words: other case, accents apart, other apostrophes, other spaces."""
    text = "".join(
        chance.choice([letter.upper(), letter.lower()]) if letter.upper().lower() == letter.lower() else letter
        for letter in text
    )
    text = text.replace("'", chance.choice("'’‘ʼ`´")).replace(
        " ", chance.choice([" ", "  ", NO_BREAK, f" {NARROW}", "\n"])
    )
    shape = chance.choice(["NFC", "NFD"])
    return chance.choice(["", " ", NO_BREAK]) + unicodedata.normalize(shape, text) + chance.choice(["", " ", "\n"])


@many
@given(campaigns, st.randoms(use_true_random=False))
def test_a_header_is_known_however_it_is_spelled(desk: Desk, campaign: int, chance: random.Random) -> None:
    index: HeaderIndex = desk.indexes[campaign]
    question = chance.choice(desk.registry.questions_of(campaign))
    for header in (question.question_code, question.question_label_fr, *KEY_LABELS.values()):
        assert index.targets(spelled_otherwise(header, chance)) == index.targets(header) != {}


@many
@given(st.text(max_size=40))
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def read_alone(desk: Desk, code: str, texts: list[str]) -> list[dict[str, object]]:
    """The answers in cells of one question of the form of 2019, a row each; empty for a blank cell."""
    cells = pl.DataFrame(
        [(row, "CS", code, "", "CS", row, 1, text) for row, text in enumerate(texts)],
        schema={"row_id": pl.Int32, "structure_type": pl.String, "question_code": pl.String, "option": pl.String,
                "sheet": pl.String, "line": pl.Int32, "column": pl.Int32, "text": pl.String},
        orient="row",
    )  # fmt: skip
    found = {answer["row_id"]: answer for answer in answers_of(cells, desk.registry, 2019).iter_rows(named=True)}
    return [found.get(row, {}) for row in range(len(texts))]


spaces = st.sampled_from([" ", NO_BREAK, NARROW, ""])
approximations = st.sampled_from(["", "env. ", "environ ", "~", "ca. "])
amounts = st.tuples(st.decimals(0, 10**7, places=2), spaces, st.sampled_from(",."), approximations, st.booleans())


@few
@given(st.lists(amounts, min_size=1, max_size=30))
def test_an_amount_is_read_as_it_was_meant(desk: Desk, drawn: list[tuple[Decimal, str, str, str, bool]]) -> None:
    texts = [
        about + f"{amount:,}".replace(",", "|").replace(".", point).replace("|", space) + (f"{space}€" if euros else "")
        for amount, space, point, about, euros in drawn
    ]
    read = [
        (Decimal(str(answer["value_num"])), answer["fault"], answer["approximate"], answer["unit_removed"])
        for answer in read_alone(desk, "Q9.01", texts)
    ]
    assert read == [(amount, None, about != "", euros) for amount, _, _, about, euros in drawn]


@many
@given(st.text(max_size=25))
def test_no_number_is_made_of_a_text_without_digits_nor_of_two_lines(registry: Registry, text: str) -> None:
    reading = read_number(text, "EUR", registry)
    if reading is not None:
        assert any(character.isdigit() for character in text)
        assert "\n" not in text.strip()


@few
@given(st.lists(st.dates(dt.date(1930, 1, 1), dt.date(2100, 12, 31)), min_size=1, max_size=30))
def test_a_date_is_the_same_in_each_of_its_writings(desk: Desk, dates: list[dt.date]) -> None:
    texts = [
        text
        for date in dates
        for number in [(date - dt.date(1899, 12, 30)).days]
        for short in [f"{date.day}/{date.month}/{date.year}"]
        for text in (f"{date:%d/%m/%Y}", short, date.isoformat(), str(number), f"{number}.0")
    ]
    read = [answer["value_date"] for answer in read_alone(desk, "Q1.09", texts)]
    assert read == [date for date in dates for _ in range(5)]


printable = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)


@few
@given(st.lists(st.tuples(st.sampled_from("=+-@"), printable), min_size=1, max_size=30))
def test_a_text_that_looks_like_a_formula_stays_itself(desk: Desk, drawn: list[tuple[str, str]]) -> None:
    texts = [sign + rest for sign, rest in drawn]
    read = [(answer["raw"], answer["value_text"], answer["status"]) for answer in read_alone(desk, "Q1.20", texts)]
    assert read == [(text, text.strip(), None) for text in texts]


@few
@given(
    st.sampled_from(["Q7.01", "Q7.02", "Q9.01", "Q3.03", "Q1.11", "Q5.03", "Q1.09"]),
    st.lists(st.text(max_size=20), min_size=1, max_size=30),
)
def test_any_text_is_a_value_a_status_or_a_fault_and_only_one(desk: Desk, code: str, texts: list[str]) -> None:
    kinds = ("status", "fault", "value_num", "value_text", "value_date")
    said = [sum(answer.get(kind) is not None for kind in kinds) for answer in read_alone(desk, code, texts)]
    assert said == [1 if text.strip() else 0 for text in texts]


@few
@given(campaigns, st.integers(0, 2**32))
def test_what_a_structure_says_does_not_depend_on_the_others(desk: Desk, campaign: int, seed: int) -> None:
    sender = Sender(desk.registry, campaign)
    sender.rng.seed(seed)
    responses: list[Response] = sender.responses("CS", 4)
    extension, write = CONTAINERS["semicolons"]
    style: Style = STYLES["codes"]

    def read(group: list[Response]) -> Answers:
        return answers_read(
            desk, write({"CS": table(desk.registry, campaign, group, style)}), f"a.{extension}", campaign
        )[0]

    together = read(responses)
    assert together == {key: said for response in responses for key, said in read([response]).items()}
