"""What the workbooks say in French: the help and the refusal of each cell, and how to use the workbook."""

from __future__ import annotations

from ingest.forms.form import Form, Item
from registry.model import CHOICE_TYPES, NUMERIC_TYPES, Registry

HELP_LENGTH = 255
TITLE_LENGTH = 32
"""The most that a spreadsheet shows of a message and of its title."""
CHECKED = "X"
STATUSES = ("refused", "not_concerned", "dont_know")


def number_fr(value: float) -> str:
    """A number as it is written in French: ``1 234,5``."""
    whole, _, decimals = f"{abs(value):,.6f}".rstrip("0").rstrip(".").partition(".")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole.replace(',', ' ')}{',' + decimals if decimals else ''}"


def non_response_words(registry: Registry) -> list[str]:
    """The word that stands for each kind of non-response: the first of special_values.csv."""
    words = []
    for status in STATUSES:
        words += [token for token, meaning in registry.special_values.items() if meaning == status and token][:1]
    return words


def expected_fr(item: Item) -> str:
    """What the cell takes, in a few words."""
    if item.type in NUMERIC_TYPES:
        kind = "un nombre entier" if item.type == "integer" else "un nombre"
        low, high = item.variable.min, item.variable.max
        if low is not None and high is not None:
            return f"{kind} de {number_fr(low)} à {number_fr(high)}"
        if low is not None:
            return f"{kind} à partir de {number_fr(low)}"
        return kind if high is None else f"{kind} jusqu'à {number_fr(high)}"
    return {
        "boolean": "Oui ou Non",
        "single_choice": "un choix de la liste",
        "multi_choice": f"{CHECKED} pour chaque réponse qui convient",
        "date": "une date (jj/mm/aaaa)",
    }.get(item.type, "un texte")


def help_title(item: Item) -> str:
    """The title of the help of a cell."""
    return item.code[:TITLE_LENGTH]


def help_fr(item: Item) -> str:
    """The help of a cell: the question, what it takes, in which unit."""
    unit = f", en {item.unit}" if item.unit else ""
    required = " Réponse attendue de tous." if item.question.required else ""
    tail = f"\nAttendu : {expected_fr(item)}{unit}.{required}"
    room = HELP_LENGTH - len(tail)
    label = item.question.question_label_fr
    return f"{label if len(label) <= room else label[: room - 1] + '…'}{tail}"


def error_fr(item: Item) -> str:
    """Why a cell objects, and what happens then."""
    if item.type in CHOICE_TYPES or item.type == "boolean":
        return f"Attendu : {expected_fr(item)}. Sans réponse, laissez la cellule vide."
    text = f"Attendu : {expected_fr(item)}."
    if item.variable.min is not None:
        text += f" En dessous de {number_fr(item.variable.min)}, la réponse sera refusée."
    if item.variable.max is not None:
        text += f" Au-dessus de {number_fr(item.variable.max)}, une confirmation vous sera demandée."
    return f"{text} Garder cette saisie ?"[:HELP_LENGTH]


LEGEND = (
    ("answer", "Cellule blanche", "À remplir. Cliquez dessus : une aide dit ce qui est attendu."),
    ("key", "Cellule bleue", "Identification de la structure, verrouillée. Ne la modifiez pas."),
    ("reminder", "Cellule grise", "Dernière réponse connue, pour mémoire. Elle n'est pas relue."),
    ("to_confirm", "Cellule orange", "Valeur inhabituelle ou très différente de la dernière : vérifiez-la. Si elle est "
     "exacte, laissez-la."),
    ("refused", "Cellule rouge", "Valeur impossible, qui serait refusée : corrigez-la."),
)  # fmt: skip


def instructions_fr(form: Form, words: list[str]) -> list[str]:
    """The paragraphs of the sheet « Mode d'emploi »."""
    closing = form.campaign.closes_on
    before = f" avant le {closing:%d/%m/%Y}" if closing else ""
    return [
        f"Renseignez les cellules blanches, enregistrez le classeur, et renvoyez-le{before}. Il se remplit avec Excel "
        "ou LibreOffice ; les formats .xlsx et .ods conviennent.",
        "Une liste déroulante propose les réponses possibles ; les réponses multiples se cochent d'un "
        f"{CHECKED}, une colonne ou une ligne par réponse.",
        "Zéro est une réponse ; une cellule vide n'en est pas une. Si vous ne pouvez pas répondre à une question "
        f"chiffrée, laissez la cellule vide ou écrivez : {', '.join(words)}.",
        "N'ajoutez ni ne déplacez de colonne. Une structure absente du classeur, ou à retirer : signalez-la à "
        "l'équipe nationale.",
        "Vous pouvez renvoyer le classeur plusieurs fois : le dernier envoi remplace le précédent.",
    ]
