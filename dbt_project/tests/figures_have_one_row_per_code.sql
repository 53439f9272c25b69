-- Two territories of one level that share a code in a campaign would be two lines of figures with the same name.
select
    campaign,
    level,
    territory,
    structure_type,
    count(*) as n_territories
from {{ ref('int_territories__counted') }}
group by campaign, level, territory, structure_type
having count(*) > 1
