-- type_gaps: territory × figure printed for all types together: its numerator (and n) against the sum over the types,
-- relative to the larger of the two.
create view type_gaps as
select
    territory_id,
    indicator,
    breakdown,
    cast(coalesce(sum(numerator) filter (where not is_single), 0) as double) as whole_value,
    cast(coalesce(sum(numerator) filter (where is_single), 0) as double) as parts_value,
    coalesce(sum(n_respondents) filter (where not is_single), 0) as whole_n,
    coalesce(sum(n_respondents) filter (where is_single), 0) as parts_n,
    greatest(
        abs(whole_value - parts_value) / greatest(1, abs(whole_value), abs(parts_value)),
        abs(whole_n - parts_n) / greatest(1, whole_n, parts_n)
    ) as gap_relative
from (
    select *, structure_type in (select structure_type from registry.structure_types) as is_single
    from marts.figures
    where campaign = getvariable('campaign') and kind in (select unnest(string_split(setting('additive_kinds'), ';')))
)
group by territory_id, indicator, breakdown
having bool_or(not is_single);
