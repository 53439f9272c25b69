"""How senders' tools write the name of a question in a header, and of an option in its own column.

Question code or label, option after a slash, a dash or in brackets, LimeSurvey's codes (no dot, ``[SQ001]``), Kobo's
(lower case, underscores), and the labels of other languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.model import Question, Registry


def limesurvey_code(code: str) -> str:
    """LimeSurvey's name of a question: letters and digits only."""
    return re.sub(r"[^A-Za-z0-9]", "", code)


def kobo_code(code: str) -> str:
    """Kobo's name of a question: lower case, underscores."""
    return re.sub(r"[^a-z0-9]", "_", code.lower())


def code_spellings(question: Question) -> Iterator[str]:
    """The names that an export puts after a group's: codes of the question, of its options.

    A label of one word may stand after a slash that means "or": "Commune/Ville".
    """
    code = question.question_code
    for name in (code, limesurvey_code(code), kobo_code(code)):
        yield name
        if question.type == "multi_choice":
            yield from (f"{name}{sign}{option}" for sign in "/." for option in question.options)


def spellings(registry: Registry, question: Question) -> Iterator[tuple[str, str | None]]:
    """Each spelling of a question, with None; each spelling of one of its options, with the option."""
    code, label = question.question_code, question.question_label_fr
    names = {code, limesurvey_code(code), kobo_code(code)}
    yield from ((name, None) for name in names)
    yield from _labelled(question, names, label, _option_labels(registry, question))
    for language, translated in registry.labels_abroad(question).items():
        options = {
            option: registry.labels_abroad(question, option).get(language, text)
            for option, text in _option_labels(registry, question).items()
        }
        yield from _labelled(question, names, translated, options)


def _option_labels(registry: Registry, question: Question) -> dict[str, str]:
    """The French label of each option offered, in order."""
    labels = {choice.code: choice.label_fr for choice in registry.choices_of.get(question.choices, ())}
    return {option: labels[option] for option in question.options}


def _labelled(
    question: Question, names: set[str], label: str, options: dict[str, str]
) -> Iterator[tuple[str, str | None]]:
    """The spellings that a language gives to a question and to the options of a multi-choice one."""
    code = question.question_code
    for whole in (label, f"{code} {label}", f"{code}. {label}", f"{code} - {label}", f"{code} : {label}"):
        yield whole, None
    if question.type != "multi_choice":
        return
    for rank, (option, text) in enumerate(options.items(), start=1):
        yield f"{limesurvey_code(code)}[SQ{rank:03d}]", option
        for name in names:
            yield f"{name}/{option}", option
            yield f"{name}.{option}", option
            yield f"{name}[{option}]", option
            yield f"{name}/{text}", option
            yield f"{name} [{text}]", option
        for name in (code, label):
            yield f"{name} - {text}", option
            yield f"{name} [{text}]", option
            yield f"{name}/{text}", option
            yield f"{name} : {text}", option
