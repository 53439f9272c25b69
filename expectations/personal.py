"""Texts of a candidate that look like someone's contact details: what must never reach a release."""

from __future__ import annotations

import duckdb

from registry.text_rules import CIVILITY, EMAIL, FRENCH_PHONE, IBAN, SOCIAL_SECURITY

PERSONAL = (EMAIL, FRENCH_PHONE, SOCIAL_SECURITY, IBAN)
# Centres, communes and managers bear names of persons, and their list is public: civilities are for answers only.
OF_ANSWERS = (*PERSONAL, CIVILITY)
ANSWERS = "fct_"

COLUMNS = """
select columns.table_name, columns.column_name,
    coalesce(bool_or(campaigns.column_name = 'campaign'), false) as by_campaign
from duckdb_columns() as columns
left join registry.variables on variables.variable = columns.column_name
left join duckdb_columns() as campaigns
    on campaigns.schema_name = 'marts' and campaigns.table_name = columns.table_name
    and campaigns.column_name = 'campaign'
where columns.schema_name = 'marts'
    and columns.data_type = 'VARCHAR'
    and columns.table_name <> 'figures'
    and not ends_with(columns.column_name, '__status')
    and coalesce(variables.choices, '') = ''
group by columns.table_name, columns.column_name
order by columns.table_name, columns.column_name
"""


def count_personal_texts(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``personal_texts``: table_name, column_name, texts (that hold an e-mail address, a French telephone or
    social security number, an IBAN or, in what structures answered, a person's name after a civility), over the free
    text of every mart, for the campaign where the table has campaigns. No text is kept.

    Raises `duckdb.Error` when the candidate lacks the registry or a mart can't be read.
    """
    connection.execute("create table personal_texts (table_name varchar, column_name varchar, texts bigint)")
    by_table: dict[tuple[str, bool], list[str]] = {}
    for table, column, by_campaign in connection.execute(COLUMNS).fetchall():
        by_table.setdefault((table, by_campaign), []).append(column)
    for (table, by_campaign), columns in by_table.items():
        patterns = OF_ANSWERS if table.startswith(ANSWERS) else PERSONAL
        counted = ", ".join(
            f"""count(*) filter (where {" or ".join([f'regexp_matches("{name}", ?)'] * len(patterns))}) as "{name}" """
            for name in columns
        )
        named = ", ".join(f'"{name}"' for name in columns)
        where = "where campaign = getvariable('campaign')" if by_campaign else ""
        connection.execute(
            f'insert into personal_texts select ?, name, value from (select {counted} from marts."{table}" {where}) '
            f"unpivot (value for name in ({named}))",
            [table, *(patterns * len(columns))],
        )
