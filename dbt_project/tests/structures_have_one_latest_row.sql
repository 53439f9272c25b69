-- The history of a structure ends with one row, its latest, and no row ends before it begins.
select
    structure_id,
    sum(is_latest) as n_latest,
    sum(case when valid_to_campaign < valid_from_campaign then 1 else 0 end) as n_reversed
from {{ ref('dim_structure') }}
group by structure_id
having
    sum(is_latest) <> 1
    or sum(case when valid_to_campaign < valid_from_campaign then 1 else 0 end) > 0
