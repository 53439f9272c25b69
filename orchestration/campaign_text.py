"""What is said in French of a campaign made, checked, or compared with another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from registry.campaigns.documents import type_changes
from registry.campaigns.series import WHY_BROKEN

if TYPE_CHECKING:
    from registry import Registry
    from registry.campaigns import Difference, Findings, Opening
    from registry.campaigns.difference import FormDifference
    from registry.campaigns.lineage import Hint, Lineage
    from registry.campaigns.question_changes import OptionChange, Pair
    from registry.campaigns.series import Ended, SeriesBreak, SeriesChanges
    from registry.model import Question

T = TypeVar("T")
Labels = dict[tuple[str, str], str]

SHOWN_CONSEQUENCES = 5
LIKELY = {"split": "scindée ?", "merged": "réunies ?", "renamed": "renommée ou reformulée ?"}


def opening_lines(made: Opening) -> Iterator[str]:
    """What was written for a new campaign, what to read again, what comes next."""
    campaign = made.campaign
    yield f"Campagne {campaign.campaign} (données {campaign.data_year}), en préparation, d'après {made.source} :"
    for file, count in made.changed.items():
        yield f"  questionnaires/{file} : {_counted(count, 'ligne')}"
    if made.review:
        yield "À relire :"
        for line in made.review:
            yield f"  {line.file}, ligne {line.line} : {line.reason_fr}"
            yield f"      {line.text}"
    yield "Ensuite :"
    yield f"  1. modifier questionnaires/crosswalk/{campaign.campaign}.csv et les dates de campaigns.csv"
    yield f"  2. senacs campaign diff {made.source} {campaign.campaign}"
    yield f"  3. senacs campaign check {campaign.campaign}"
    yield f"  4. senacs campaign open {campaign.campaign}"


def findings_lines(findings: Findings) -> Iterator[str]:
    """Each fault, each remark, on a line: file, line, reason."""
    faults = _counted(len(findings.faults), "faute") if findings.faults else "cohérente"
    yield f"Campagne {findings.campaign} : {faults}."
    yield from (f"  ✗ {fault}" for fault in findings.faults)
    if findings.consequences:
        yield f"Conséquences ({len(findings.consequences)}), qui devraient disparaître avec ces fautes :"
        yield from (f"  → {fault}" for fault in findings.consequences[:SHOWN_CONSEQUENCES])
        if len(findings.consequences) > SHOWN_CONSEQUENCES:
            yield "  → … (toutes avec --json)"
    if findings.remarks:
        yield f"À regarder, sans que ce soit une faute ({len(findings.remarks)}) :"
        yield from (f"  · {remark}" for remark in findings.remarks)


def difference_lines(difference: Difference, registry: Registry) -> Iterator[str]:
    """Forms, then the questions of each form, then rules and series. A kind of change without any is left out."""
    labels = {(choice.list, choice.code): choice.label_fr for choice in registry.choices}
    years = difference.data_years
    yield f"Campagne {difference.before} (données {years[0]}) → {difference.after} (données {years[1]})"
    for word, forms in (("nouveau", difference.new_forms), ("supprimé", difference.dropped_forms)):
        for structure_type, count in forms.items():
            yield f"Formulaire {structure_type} {word} ({_counted(count, 'question')})"
    for form in difference.forms:
        lines = list(_form_lines(form, labels))
        yield ""
        yield f"Formulaire {form.structure_type}{'' if lines else ' : rien n’a changé'}"
        yield from lines
    yield from _section("Type changé", type_changes(difference), _types, indent="")
    yield from _rules(difference)
    series = list(_series(difference.series))
    yield ""
    yield f"Séries{'' if series else ' : rien n’a changé'}"
    yield from series


def _form_lines(form: FormDifference, labels: Labels) -> Iterator[str]:
    succession, changes = form.succession, form.changes
    for kind, title in (("split", "Scindées"), ("merged", "Réunies"), ("renamed", "Renommées")):
        yield from _section(title, [one for one in succession.lineages if one.kind == kind], _lineage)
    yield from _section("Nouvelles", succession.new, _named)
    yield from _section("Supprimées", succession.dropped, _named)
    yield from _section("Peut-être liées, à dire dans derived.csv ou breaks.csv", succession.hints, _hint)
    yield from _section("Reformulées", changes.reworded, _words)
    yield from _section("Modalités changées", changes.options, lambda change: _options(change, labels))
    yield from _section("Obligation changée", changes.required, _obligation)
    yield from _section("Déplacées", changes.moved, _place)
    if changes.renumbered:
        codes = ", ".join(f"{pair.before.question_code} → {pair.after.question_code}" for pair in changes.renumbered)
        yield f"  Renumérotées ({len(changes.renumbered)}) : {codes}"


def _rules(difference: Difference) -> Iterator[str]:
    if difference.silent:
        yield ""
        yield f"Règles qui ne peuvent plus se déclencher : {', '.join(difference.silent)}"
    if difference.heard:
        yield f"Règles qui peuvent désormais se déclencher : {', '.join(difference.heard)}"


def _series(series: SeriesChanges) -> Iterator[str]:
    undeclared = len(series.undeclared)
    title = f"Rompues, dont {undeclared} à déclarer dans breaks.csv" if undeclared else "Rompues, toutes déclarées"
    yield from _section(title, series.broken, _broken)
    yield from _section("Reformulées : restent-elles comparables ?", series.reworded, _reworded)
    yield from _section("Interrompues", series.ended, _ended)
    yield from _section("Commencées", series.begun, _ended)
    yield from _section(
        "Ruptures déclarées sans série commune",
        series.declared_only,
        lambda line: [f"{line.variable} : {line.reason}"],
    )


def _section(title: str, items: Iterable[T], told: Callable[[T], list[str]], indent: str = "  ") -> Iterator[str]:
    found = list(items)
    if found:
        yield f"{indent}{title} ({len(found)})"
    for item in found:
        first, *others = told(item)
        yield f"{indent}  {first}"
        yield from (f"{indent}      {other}" for other in others)


def _named(question: Question) -> list[str]:
    return [_name(question)]


def _name(question: Question) -> str:
    return f"{question.question_code} {question.question_label_fr} [{question.variable}]"


def _lineage(one: Lineage) -> list[str]:
    return [*_from_to(one), f"d'après {one.file}, ligne {one.line} : {one.because}"]


def _hint(one: Hint) -> list[str]:
    first, *others = _from_to(one)
    return [f"{LIKELY[one.kind]} {first}", *others]


def _from_to(one: Lineage | Hint) -> list[str]:
    return [" + ".join(map(_name, one.before)), f"→ {' + '.join(map(_name, one.after))}"]


def _words(pair: Pair) -> list[str]:
    codes = dict.fromkeys((pair.before.question_code, pair.after.question_code))
    return [
        f"{' → '.join(codes)} [{pair.after.variable}]",
        f"− {pair.before.question_label_fr}",
        f"+ {pair.after.question_label_fr}",
    ]


def _options(change: OptionChange, labels: Labels) -> list[str]:
    of = change.after.choices
    lines = [_name(change.after)]
    lines += [f"+ {labels[of, option]} [{option}]" for option in change.added]
    lines += [f"− {labels[of, option]} [{option}]" for option in change.dropped]
    return [*lines, "dans un autre ordre"] if change.reordered else lines


def _obligation(pair: Pair) -> list[str]:
    return [f"{_name(pair.after)} : {'devient obligatoire' if pair.after.required else 'devient facultative'}"]


def _place(pair: Pair) -> list[str]:
    before, after = pair.before, pair.after
    parts = [f"n° {before.order} → {after.order}"] if before.order != after.order else []
    parts += [f"section {before.section} → {after.section}"] if before.section != after.section else []
    parts += [f"module {before.module} → {after.module}"] if before.module != after.module else []
    return [f"{_name(after)} : {', '.join(parts)}"]


def _types(pair: Pair) -> list[str]:
    return [f"{_name(pair.before)} : {pair.before.type}", f"→ {_name(pair.after)} : {pair.after.type}"]


def _broken(broken: SeriesBreak) -> list[str]:
    said = f"déclarée : {broken.declared.reason}" if broken.declared else "NON DÉCLARÉE"
    types = ", ".join(broken.structure_types)
    return [
        f"{broken.variable} ({types}), {WHY_BROKEN[broken.kind]} ; {said}",
        f"indicateurs : {', '.join(broken.indicators)}",
    ]


def _reworded(broken: SeriesBreak) -> list[str]:
    return [f"{broken.variable} ({', '.join(broken.structure_types)}) : {', '.join(broken.indicators)}"]


def _ended(ended: Ended) -> list[str]:
    parts = [f"{ended.indicator} ({ended.structure_type})"]
    if ended.lost:
        parts.append(f" : {', '.join(ended.lost)}")
    if ended.declared:
        parts.append(f" ; {ended.declared.reason}")
    if ended.listed:
        parts.append(" ; pourtant indicators.csv le demande")
    return ["".join(parts)]


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number > 1 else ''}"
