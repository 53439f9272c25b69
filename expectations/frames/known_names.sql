-- One row per variable or indicator that the gate's own tables name: does the registry know it?
with named as (
    select 'variables.csv' as file, variable as name, 'variable' as kind from settings.variables
    union
    select 'variables.csv', indicator, 'indicator' from settings.variables
    union
    select 'wholes.csv', whole, 'variable' from settings.wholes
    union
    select 'wholes.csv', unnest(string_split(parts, '|')), 'variable' from settings.wholes
)

select
    file,
    name,
    kind,
    cast(
        name not in (
            select "column" from registry.wide_columns
            union
            select indicator from registry.figure_expressions
        ) as integer
    ) as unknown
from named
order by file, kind, name
