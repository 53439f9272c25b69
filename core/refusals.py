"""How a file from a sender is refused: the rule, what is wrong, what the sender can do."""

from __future__ import annotations


class Refusal(Exception):
    """A file that can't be accepted.

    ``rule`` is the intake rule (``I11``); ``message_fr`` says what is wrong and what the sender can do.
    """

    def __init__(self, rule: str, message_fr: str) -> None:
        super().__init__(message_fr)
        self.rule = rule
        self.message_fr = message_fr


def unreadable(cause: str, remedy: str) -> Refusal:
    """The refusal of rule I11 for this cause, with what the sender can do. Both in French, without final point."""
    return Refusal("I11", f"Fichier illisible ou refusé : {cause}. {remedy}.")


def damaged() -> Refusal:
    """The refusal of a file that is cut short or altered."""
    return unreadable(
        "le fichier est endommagé ou incomplet",
        "Ouvrez-le dans votre tableur, enregistrez-le à nouveau et renvoyez-le",
    )
