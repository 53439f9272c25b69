"""One file from a sender in; accepted answers, rejects, edits and a receipt out.

The room knows the registry (`questionnaires/`), frames and files. It knows neither Dagster nor dbt,
and writes nothing outside ``SENACS_HOME``.
"""
