-- The parts of a distribution add up to its denominator.
select
    campaign,
    territory_id,
    structure_type,
    indicator,
    sum(numerator) as parts,
    max(denominator) as whole
from {{ ref('figures') }}
where kind = 'distribution'
group by campaign, territory_id, structure_type, indicator
having sum(numerator) <> max(denominator)
