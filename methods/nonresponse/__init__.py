"""Non-response: weights for the structures that stayed silent, imputed values for the questions that did.

Every choice is a line of `questionnaires/` (docs/nonresponse.md); where none asks for anything, nothing is computed.
`adjustments` writes the tables; `strata`, `ratio` and `raking` make weights, `imputation` fills blanks, `masking`
measures how well.
"""
