"""Stand-in for dbt's `adapter`."""


def quote(name: str) -> str:
    """`name` as a quoted identifier."""
    return f'"{name}"'
