-- watched: the variables whose drift is followed in this campaign, with their Hidiroglou-Berthelot parameters.
create table watched as
select
    variable,
    indicator,
    label_fr,
    cast(hb_c as double) as hb_c,
    cast(hb_u as double) as hb_u,
    cast(hb_a as double) as hb_a
from settings.variables
where getvariable('campaign') between coalesce(cast(campaign_from as integer), getvariable('campaign'))
    and coalesce(cast(campaign_to as integer), getvariable('campaign'));

-- judged_pairs: pairs of positive values of a watched variable, each flagged or not.
-- Hidiroglou-Berthelot (1986) from hb_min_pairs on: with r = value / earlier value and rM its median,
-- s = r / rM - 1 if r >= rM else 1 - rM / r, E = s * max(value, earlier value)^U, flagged outside
-- [E_M - C * max(E_M - E_Q1, |A * E_M|), E_M + C * max(E_Q3 - E_M, |A * E_M|)]. Below: r outside the fixed bounds.
create table judged_pairs as
with ratios as (
    select
        pairs.*,
        watched.label_fr,
        watched.hb_c,
        watched.hb_u,
        watched.hb_a,
        pairs.value / pairs.earlier_value as ratio,
        count(*) over same_question as pair_count,
        median(pairs.value / pairs.earlier_value) over same_question as median_ratio
    from pairs
    join watched on watched.variable = pairs.variable
    where pairs.value > 0 and pairs.earlier_value > 0
    window same_question as (partition by pairs.variable, pairs.structure_type)
),

effects as (
    select
        *,
        case when ratio >= median_ratio then ratio / median_ratio - 1 else 1 - median_ratio / ratio end
        * pow(greatest(value, earlier_value), hb_u) as effect
    from ratios
),

quartiles as (
    select
        variable,
        structure_type,
        quantile_cont(effect, 0.25) as first_quartile,
        quantile_cont(effect, 0.5) as middle,
        quantile_cont(effect, 0.75) as third_quartile
    from effects
    group by variable, structure_type
)

select
    effects.structure_id,
    effects.structure_type,
    effects.sender,
    effects.variable,
    effects.label_fr,
    effects.value,
    effects.earlier_value,
    effects.ratio,
    effects.pair_count,
    effects.pair_count >= threshold('hb_min_pairs') as by_distribution,
    case
        when effects.pair_count >= threshold('hb_min_pairs')
            then effects.effect < middle - hb_c * greatest(middle - first_quartile, abs(hb_a * middle))
                or effects.effect > middle + hb_c * greatest(third_quartile - middle, abs(hb_a * middle))
        else effects.ratio not between threshold('drift_ratio_min') and threshold('drift_ratio_max')
    end as flagged
from effects
join quartiles using (variable, structure_type);
