"""What the audit raises; apart, for who only catches it needs no solver."""


class ContradictionError(Exception):
    """No table has the published amounts: they can't be those of one set of answers."""
