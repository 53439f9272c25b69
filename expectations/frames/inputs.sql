-- One row per table promised by the contract: is it there, with rows for the campaign?
select
    room,
    table_name,
    greatest(cast(rows_found as bigint), 0) as rows_found,
    cast(rows_needed as bigint) as rows_needed,
    case
        when cast(rows_found as bigint) < 0 then 'absente ou illisible'
        when cast(rows_found as bigint) < cast(rows_needed as bigint) then 'vide pour cette campagne'
        else 'présente'
    end as state,
    cast(cast(rows_found as bigint) < greatest(cast(rows_needed as bigint), 0) as integer) as lacking
from settings.input_rows
order by room, table_name
