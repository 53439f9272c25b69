-- printed_figures: each figure of the campaign beside its line of figures.csv, and whether the two differ. Numerators and
-- denominators are printed with four decimals.
create view printed_figures as
select
    level,
    territory,
    structure_type,
    indicator,
    breakdown,
    cast(figures.value_rounded as double) as value,
    lines.value as file_value,
    lines.level is null
    or figures.level is null
    or try_cast(lines.value as double) is distinct from cast(figures.value_rounded as double)
    or try_cast(lines.numerator as decimal(38, 4)) is distinct from cast(figures.numerator as decimal(38, 4))
    or try_cast(lines.denominator as decimal(38, 4)) is distinct from cast(figures.denominator as decimal(38, 4))
    or try_cast(lines.n_respondents as bigint) is distinct from figures.n_respondents
    or try_cast(lines.n_agreed as bigint) is distinct from figures.n_agreed
    or try_cast(lines.n_solicited as bigint) is distinct from figures.n_solicited
    or try_cast(lines.n_responded as bigint) is distinct from figures.n_responded as differs
from (
    select * from marts.figures where campaign = getvariable('campaign')
) as figures
full join (
    select * replace (coalesce(breakdown, '') as breakdown)
    from files.figures
    where try_cast(campaign as integer) = getvariable('campaign')
) as lines using (level, territory, structure_type, indicator, breakdown);
