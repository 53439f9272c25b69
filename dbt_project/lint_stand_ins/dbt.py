"""Stand-in for dbt's namespace of portable types and functions."""


def type_int() -> str:
    """The type of whole numbers."""
    return "integer"


def type_bigint() -> str:
    """The type of large whole numbers."""
    return "bigint"


def type_string() -> str:
    """The type of text."""
    return "varchar"


def type_timestamp() -> str:
    """The type of moments."""
    return "timestamp"


def listagg(measure: str, delimiter: str, order_by_clause: str) -> str:
    """`measure` of several rows joined into one text."""
    return f"string_agg({measure}, {delimiter} {order_by_clause})"
