"""YAML as people write it: what is read, and what is refused with its line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.plain_yaml import DEEPEST, LARGEST, YamlFaultError, read_yaml, yaml_of

NESTED_ALIASES = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (NESTED_ALIASES, 1, "en entier"),
        ("a: 1\nb: *a\n", 2, "en entier"),
        ("a: 1\nb: &mark 2\n", 2, "en entier"),
        ("a: 1\nb: {c: 1, c: 2}\n", 2, "« c » y est deux fois"),
        ("a: 1\n\na: 2\n", 3, "« a » y est deux fois"),
        ("a: 1\n  b: 2\n", 2, "YAML lisible"),
        ("a: [1\nb: 2\n", 2, "YAML lisible"),
        ("a: 2019-02-30\n", 1, "valeur impossible"),
        ("a: !!python/object/apply:os.getcwd []\n", 1, "YAML lisible"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), 1, "niveaux"),
        ("a" * (LARGEST + 1), 1, "caractères"),
        ("a: \x07\n", 1, "YAML lisible"),
    ],
)
def test_what_is_not_plain_is_refused_at_once_with_its_line(text: str, line: int, said: str) -> None:
    started = time.monotonic()
    with pytest.raises(YamlFaultError, match=rf"^corrections/2020\.yml, ligne {line} : .*{said}"):
        yaml_of(text, "corrections/2020.yml")
    assert time.monotonic() - started < 5


def test_a_part_of_a_file_counts_its_lines_from_where_it_starts() -> None:
    with pytest.raises(YamlFaultError, match=r"^texte\.md, ligne 3 : "):
        yaml_of("a: 1\nb: *a", "texte.md", first_line=2)


def test_a_file_saved_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes("nom: émetteur".encode("cp1252"))
    with pytest.raises(YamlFaultError, match="UTF-8"):
        read_yaml(path)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(plain)
def test_what_is_plain_is_read_as_it_is_written(content: object) -> None:
    assert yaml_of(yaml.safe_dump(content), "a.yml") == content
