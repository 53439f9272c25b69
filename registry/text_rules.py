"""What free text may hide: a formula that a spreadsheet would run (I07), a person's contact details (I08)."""

from __future__ import annotations

import polars as pl

from registry.model import Registry

FORMULA_SIGNS = ("=", "+", "-", "@")
EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
FRENCH_PHONE = r"(?:^|\D)(?:(?:\+|00)33[\s.]?(?:\(0\)\s?)?[1-9]|0[1-9])(?:[\s.\-]?\d{2}){4}(?:\D|$)"
# In its usual groups, or in one piece with its key: thirteen digits alone are as well a SIRET that lost its zero.
SOCIAL_SECURITY = (
    r"(?:^|\D)[12](?:"
    r"[\s.]\d{2}[\s.]\d{2}[\s.](?:\d{2}|2[AB])[\s.]\d{3}[\s.]\d{3}(?:[\s.]\d{2})?"
    r"|\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{8})(?:\D|$)"
)
IBAN = r"(?:^|[^A-Z0-9])FR\d{2}(?:\s?[A-Z0-9]{4}){5}\s?[A-Z0-9]{3}(?:[^A-Z0-9]|$)"
CIVILITY = r"(?:^|[^\pL])(?:M\.|MM\.|Mr|Mme|Mmes|Mlle|Monsieur|Madame|Mademoiselle|Dr|Docteur)\s+\p{Lu}"


def text_edits(answers: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    """row_id, variable, rule: I07 and I08 raised on the text answers. Variables that hold contacts escape I08."""
    personal = [variable.variable for variable in registry.variables.values() if variable.pii]
    texts = answers.filter((pl.col("type") == "text") & pl.col("value_text").is_not_null())
    formulas = texts.filter(pl.any_horizontal(pl.col("value_text").str.starts_with(sign) for sign in FORMULA_SIGNS))
    contacts = texts.filter(
        ~pl.col("variable").is_in(personal)
        & (pl.col("value_text").str.contains(EMAIL) | pl.col("value_text").str.contains(FRENCH_PHONE))
    )
    return pl.concat(
        [
            formulas.select("row_id", "variable", rule=pl.lit("I07")),
            contacts.select("row_id", "variable", rule=pl.lit("I08")),
        ]
    )
