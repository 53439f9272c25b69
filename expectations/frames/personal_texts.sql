-- free-text column of a mart: how many of its texts look like an e-mail address or a telephone number.
select
    found.table_name,
    found.column_name,
    coalesce(variables.label_fr, found.column_name) as label_fr,
    found.texts
from personal_texts as found
left join registry.variables on variables.variable = found.column_name
order by found.table_name, found.column_name
