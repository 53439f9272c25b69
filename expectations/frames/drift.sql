-- watched variable × structure type: the panel's total against the earlier campaign's, and the share of pairs flagged.
select
    variable,
    label_fr,
    structure_type,
    count(*) as pair_count,
    sum(value) as total,
    sum(earlier_value) as earlier_total,
    sum(value) / sum(earlier_value) as total_ratio,
    count(*) filter (where flagged) as flagged_pairs,
    100.0 * count(*) filter (where flagged) / count(*) as flagged_pct
from judged_pairs
group by variable, label_fr, structure_type
having count(*) >= threshold('drift_min_pairs')
order by structure_type, variable
