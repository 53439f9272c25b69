-- One row per table promised by the contract: is it there, with rows for the campaign? Tables of answers may be empty
-- until someone has answered.
select
    room,
    table_name,
    greatest(cast(rows_found as bigint), 0) as rows_found,
    needed.rows as rows_needed,
    case
        when cast(rows_found as bigint) < 0 then 'absente ou illisible'
        when cast(rows_found as bigint) < needed.rows then 'vide pour cette campagne'
        else 'présente'
    end as state,
    cast(cast(rows_found as bigint) < needed.rows as integer) as lacking
from settings.input_rows,
    lateral (
        select case
            when needed_for = 'answers' and getvariable('has_answers') = 0 then 0 else cast(rows_needed as bigint)
        end as rows
    ) as needed
order by room, table_name
