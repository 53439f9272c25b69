"""Disclosure control: which figures of a candidate may be released without telling what one structure answered.

The list of structures is public, what each of them answered is not. `pattern.write_pattern` says, figure by figure,
what is published, what is sensitive (primary suppression) and what must be hidden with it so that it can't be
recomputed from the rest (secondary suppression). `expectations` audits the result on its own.
"""
