-- Behind the sums over types: territory × figure in excess of the tolerance.
select type_gaps.*, publications.name as territory
from type_gaps
left join publications using (territory_id)
where gap_relative > threshold('sum_gap_relative')
order by gap_relative desc, territory_id, indicator, breakdown
