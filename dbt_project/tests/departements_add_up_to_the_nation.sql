-- What is added up over structures is the same over all départements as over the nation, campaign by campaign, unless
-- structures are in no département (another test says which).
with placed as (
    select
        territories.campaign,
        territories.structure_type,
        sum(case when territories.level = 'departement' then territories.n_agreed else 0 end) as n_in_departements,
        sum(case when territories.level = 'national' then territories.n_agreed else 0 end) as n_in_nation
    from {{ ref('int_territories__counted') }} as territories
    group by territories.campaign, territories.structure_type
),

added as (
    select
        figures.campaign,
        figures.structure_type,
        figures.indicator,
        figures.breakdown,
        sum(case when figures.level = 'departement' then figures.numerator else 0 end) as over_departements,
        sum(case when figures.level = 'national' then figures.numerator else 0 end) as over_nation,
        sum(case when figures.level = 'departement' then figures.n_respondents else 0 end) as n_over_departements,
        sum(case when figures.level = 'national' then figures.n_respondents else 0 end) as n_over_nation
    from {{ ref('figures') }} as figures
    where figures.level in ('departement', 'national') and figures.kind in ('frame', 'count', 'sum')
    group by figures.campaign, figures.structure_type, figures.indicator, figures.breakdown
)

select
    added.campaign,
    added.structure_type,
    added.indicator,
    added.breakdown,
    added.over_departements,
    added.over_nation,
    added.n_over_departements,
    added.n_over_nation
from added
inner join placed
    on added.campaign = placed.campaign and added.structure_type = placed.structure_type
where
    placed.n_in_departements = placed.n_in_nation
    and (
        added.over_departements <> added.over_nation
        or added.n_over_departements <> added.n_over_nation
    )
