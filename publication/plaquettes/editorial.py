"""Editorial parts of a plaquette: Markdown and pictures of a local committee.

``<folder>/<campaign>/<level>-<code>/<place>[-anything].md``. A title, paragraphs, quotations (a testimony, its last
line ``— who``), pictures (``![text alternative](file.jpg "caption")``). A figure is quoted by reference only: a number
that is typed, and that looks like a figure, is refused, as is a picture without a text alternative. A file whose front
matter says ``demonstration: true`` is only printed in editions of demonstration data.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from core.french import typographic
from core.plain_yaml import YamlFaultError, read_yaml, yaml_of
from publication.candidate import Territory
from publication.documents.context import Context
from publication.documents.document import Run, Runs, plain
from publication.documents.plans import PLANS
from publication.documents.wording import WordingError
from publication.plaquettes.model import Block, Photo, Prose
from publication.plaquettes.pictures import PictureError, picture_size

if TYPE_CHECKING:
    from markdown_it.token import Token

_REFERENCE = re.compile(r"\{\{\s*figure:(?P<address>[^}]*?)\s*\}\}")
_ADDRESS = re.compile(r"(?:(?P<types>[A-Z/]+):)?(?P<figure>[a-z0-9_]+(?:\.\w+)?(?:@\w+)?)")
_NUMBER = re.compile(r"\d(?:[\d\u202f\u00a0 .,]*\d)?(?:\s*(?:%|€|[kM]€))?")
LONG = 2_400
"""Characters of a block of text: about a third of a page."""
FIRST_LINE = 2
"""Of the front matter, after its dashes."""
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


class EditorialError(ValueError):
    """Editorial parts that can't be printed; the message says in which files, where, and what to do."""


@dataclass(frozen=True)
class Editorial:
    """The folder of local committees (None without one) and the campaign that is printed."""

    folder: Path | None
    campaign: int

    def files(self, territory: Territory, place: str = "") -> list[Path]:
        """The texts written for a place of a territory's plaquette, by name; all of them without a place."""
        if self.folder is None:
            return []
        own = self.folder / str(self.campaign) / f"{territory.level}-{territory.code.lower()}"
        return [path for path in sorted(own.glob("*.md")) if not place or _stands_at(path, place)]

    @cached_property
    def all_files(self) -> list[Path]:
        """Every text of the campaign."""
        return sorted((self.folder / str(self.campaign)).glob("*/*.md")) if self.folder else []

    def indicators(self) -> set[str]:
        """Every indicator that the campaign's texts quote."""
        quoted = (_ADDRESS.fullmatch(address) for path in self.all_files for address in _quoted(path))
        return {re.split(r"[.@]", found["figure"])[0] for found in quoted if found}

    def check(self, territory: Territory) -> None:
        """Raises EditorialError naming everything that must be corrected in the territory's texts."""
        faults = [fault for path in self.files(territory) for fault in _faults(path)]
        if faults:
            raise EditorialError("\n".join(faults))


def editorial_blocks(editorial: Editorial, context: Context, place: str) -> list[Block]:
    """The parts written for that place of the territory's plaquette. Raises EditorialError."""
    blocks: list[Block] = []
    for path in editorial.files(context.territory, place):
        front, body = _parted(path)
        if front.get("demonstration") and not context.edition.is_demo:
            continue
        style = rules()["places"][place]
        try:
            blocks += _blocks(path, _tokens(body), context, style, str(front.get("signature", "")))
        except WordingError as wrong:
            raise EditorialError(f"{_named(path)} : {wrong}") from wrong
    return blocks


@cache
def rules() -> dict[str, Any]:
    """``plans/editorial.yml``."""
    content: dict[str, Any] = read_yaml(PLANS / "editorial.yml")
    return content


def _blocks(path: Path, tokens: Sequence[Token], context: Context, style: str, signature: str) -> list[Block]:
    """Text together under its title; each quotation and each picture is a block of its own."""
    blocks: list[Block] = []
    title, paragraphs, quotation = "", [], False
    for rank, token in enumerate(tokens):
        if token.type == "blockquote_open":
            quotation = True
        elif token.type == "blockquote_close":
            quotation = False
        if token.type != "inline":
            continue
        pictures = [child for child in token.children or () if child.type == "image"]
        if pictures:
            blocks += [_photo(path, picture) for picture in pictures]
        elif tokens[rank - 1].type == "heading_open":
            title = typographic(token.content)
        elif quotation:
            blocks.append(_quotation(token, context, path))
        else:
            paragraphs.append(_runs(token.children or (), context, path))
    return [*_in_parts(style, title, paragraphs, typographic(signature)), *blocks]


def _in_parts(style: str, title: str, paragraphs: Sequence[Runs], signature: str) -> list[Block]:
    """A text in blocks that a page can hold, between paragraphs: its title on the first, its signature on the last."""
    parts: list[list[Runs]] = []
    for runs in paragraphs:
        said = sum(len(plain(other)) for other in parts[-1]) if parts else LONG
        if said + len(plain(runs)) > LONG:
            parts.append([])
        parts[-1].append(runs)
    return [
        Prose(style, "" if rank else title, tuple(part), signature if rank == len(parts) - 1 else "")
        for rank, part in enumerate(parts)
    ]


def _quotation(token: Token, context: Context, path: Path) -> Prose:
    words, byline = [], ""
    for child in token.children or ():
        if child.type == "text" and child.content.startswith(("— ", "– ")):
            byline = typographic(child.content[2:])
        else:
            words.append(child)
    while words and words[-1].type == "softbreak":
        words.pop()
    said = _runs(words, context, path)
    return Prose("quote", "", ((Run("« ".replace(" ", "\u202f")), *said, Run("\u202f»")),), byline)


def _runs(children: Sequence[Token], context: Context, path: Path) -> Runs:
    """A paragraph: strong text, and each reference as the figure that it names."""
    pieces = []
    for child in children:
        if child.type in ("strong_open", "strong_close"):
            pieces.append("**")
        elif child.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif child.type == "text":
            pieces.append(child.content)
    template = _REFERENCE.sub(lambda found: _template(found["address"]), "".join(pieces))
    said = context.sentence(template)
    if said is None:
        missing = ", ".join(found["address"] for found in _REFERENCE.finditer("".join(pieces)))
        raise EditorialError(
            f"{_named(path)} : un chiffre cité n'est pas publié pour {context.territory.name} ({missing}) ; "
            "choisissez-en un autre ou retirez la phrase"
        )
    return said


def _template(address: str) -> str:
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return f"{{{address}}}"
    return f"{{{found['types'] or rules()['types']}:{found['figure']}}}"


def _photo(path: Path, token: Token) -> Photo:
    source = path.parent / str(token.attrs.get("src", ""))
    content = source.read_bytes()
    kind, width, height = picture_size(content)
    caption = typographic(str(token.attrs.get("title", "")))
    encoded = base64.b64encode(content).decode("ascii")
    return Photo(encoded, kind, height / width, typographic(token.content), caption)


def _faults(path: Path) -> Iterator[str]:
    """What must be corrected in a text: (file, line, what, what to do), in French."""
    places = rules()["places"]
    if not any(_stands_at(path, place) for place in places):
        yield f"{_named(path)} : n'est imprimé nulle part ; nommez-le d'après sa place ({', '.join(places)})"
    try:
        _, body = _parted(path)
    except UnicodeDecodeError:
        yield f"{_named(path)} : illisible ; enregistrez-le en UTF-8"
        return
    except YamlFaultError as wrong:
        yield f"{_named(path)}, ligne {wrong.line} : en-tête illisible : {wrong.why}"
        return
    offset = path.read_text(encoding="utf-8").count("\n") - body.count("\n")
    for token in _tokens(body):
        if token.type != "inline":
            continue
        line = offset + (token.map[0] if token.map else 0) + 1
        for address in (found["address"] for found in _REFERENCE.finditer(token.content)):
            if _ADDRESS.fullmatch(address) is None:
                yield f"{_named(path)}, ligne {line} : référence « {address} » illisible ; écrivez figure:indicateur"
        for child in token.children or ():
            if child.type == "image":
                yield from _picture_faults(path, line, child)
            elif child.type == "text":
                for number in typed_figures(child.content):
                    yield (
                        f"{_named(path)}, ligne {line} : le nombre « {number} » est écrit à la main ; "
                        "citez le chiffre par sa référence, {{ figure:indicateur }}, ou retirez-le"
                    )


def typed_figures(text: str) -> list[str]:
    """The numbers of a text that look like figures: not years, dates, ages, hours, ordinals or single digits."""
    bare = _REFERENCE.sub("", text.replace("\u00a0", " ").replace("\u202f", " "))
    for pattern in rules()["allowed_numbers"]:
        bare = re.sub(pattern, "", bare)
    return [found for found in (match.group().strip() for match in _NUMBER.finditer(bare)) if len(found) > 1]


def _picture_faults(path: Path, line: int, token: Token) -> Iterator[str]:
    name = str(token.attrs.get("src", ""))
    source = path.parent / name
    if not token.content.strip():
        yield f"{_named(path)}, ligne {line} : l'image {name} n'a pas de texte alternatif ; décrivez-la entre crochets"
    if source.resolve().parent != path.parent.resolve() or not source.is_file():
        yield f"{_named(path)}, ligne {line} : l'image {name} n'est pas dans le même dossier"
        return
    try:
        picture_size(source.read_bytes())
    except PictureError as wrong:
        yield f"{_named(path)}, ligne {line} : image {name} {wrong}"


def _quoted(path: Path) -> list[str]:
    """The addresses of a text, even of one that will be refused."""
    return [found["address"] for found in _REFERENCE.finditer(path.read_text(encoding="utf-8", errors="replace"))]


def _stands_at(path: Path, place: str) -> bool:
    return re.fullmatch(rf"{re.escape(place)}(?:-.*)?", path.stem) is not None


def _parted(path: Path) -> tuple[Mapping[str, Any], str]:
    """(front matter, text)."""
    text = path.read_text(encoding="utf-8")
    found = _FRONT_MATTER.match(text)
    front = yaml_of(found.group(1), _named(path), FIRST_LINE) if found else None
    return (front if isinstance(front, dict) else {}), text[found.end() :] if found else text


def _tokens(body: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": False}).parse(body)


def _named(path: Path) -> str:
    return "/".join(path.parts[-3:])
