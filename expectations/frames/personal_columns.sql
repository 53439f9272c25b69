-- column of a mart: is it a variable that holds contacts, or one that the registry says is never published?
select
    columns.table_name,
    columns.column_name,
    coalesce(variables.label_fr, columns.column_name) as label_fr,
    cast(coalesce(variables.pii, false) or coalesce(variables.release, '') = 'never' as integer) as forbidden
from duckdb_columns() as columns
left join registry.variables on variables.variable = columns.column_name
where columns.schema_name = 'marts'
order by columns.table_name, columns.column_name
