"""YAML as people write it: mappings, lists and plain values, of a bounded size. The one way in for any YAML.

An alias makes a file of some hundred bytes unfold into gigabytes, so none is read; and a name given twice in one place
would silently lose the first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LARGEST, DEEPEST = 1_000_000, 30
"""Characters of a file, and levels in one another: far above what people write."""


class YamlFaultError(ValueError):
    """A text that is not plain YAML. The message names the file and the line, in French; `line` counts from 1."""

    def __init__(self, name: str, line: int, why: str) -> None:
        self.line, self.why = line, why
        super().__init__(f"{name}, ligne {line} : {why}")


def read_yaml(path: Path) -> Any:
    """What a file says. Raises `YamlFaultError`, `OSError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlFaultError(path.name, 1, "texte illisible ; enregistrez le fichier en UTF-8") from error
    return yaml_of(text, path.name)


def yaml_of(text: str, name: str, first_line: int = 1) -> Any:
    """What a text says, None for an empty one. `name`: how its file is called; `first_line`: where the text starts in
    it. Raises `YamlFaultError`."""
    if len(text) > LARGEST:
        raise YamlFaultError(name, first_line, f"plus de {LARGEST} caractères ; partagez ce fichier")
    # libyaml reads ten times faster where the wheel has it; both loaders are the safe ones
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _refuse_traps(yaml.parse(text, loader), name, first_line)
        reader = loader(text)
        node = reader.get_single_node()
        if node is None:
            return None
        _refuse_repeats(node, name, first_line)
        return reader.construct_document(node)
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        line = first_line + (mark.line if mark else 0)
        why = "ce n'est pas du YAML lisible ; écrivez « nom: valeur », une par ligne, alignées entre elles"
        raise YamlFaultError(name, line, why) from error
    except ValueError as error:
        if isinstance(error, YamlFaultError):
            raise
        raise YamlFaultError(name, first_line, f"valeur impossible ({error}) ; mettez-la entre guillemets") from error


def _refuse_traps(events: Any, name: str, first_line: int) -> None:
    """No alias nor anchor, and no more levels than `DEEPEST`."""
    depth = 0
    for event in events:
        line = first_line + event.start_mark.line
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlFaultError(name, line, "un renvoi (« & » ou « * ») n'est pas lu ; écrivez la valeur en entier")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise YamlFaultError(name, line, f"plus de {DEEPEST} niveaux l'un dans l'autre ; aplatissez ce passage")


def _refuse_repeats(node: Any, name: str, first_line: int) -> None:
    if isinstance(node, yaml.SequenceNode):
        for one in node.value:
            _refuse_repeats(one, name, first_line)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    line = first_line + key.start_mark.line
                    raise YamlFaultError(name, line, f"« {key.value} » y est deux fois ; n'en gardez qu'une")
                seen.add(key.value)
            _refuse_repeats(value, name, first_line)
