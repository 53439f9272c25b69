-- figure on too few answers, or that nobody decided on: whether a release would tell it. Public figures, and those that an
-- earlier vintage has told, can't be hidden.
select
    figures.territory_id,
    coalesce(publications.name, figures.territory_id) as territory,
    figures.structure_type,
    figures.indicator,
    indicators.label_fr,
    figures.n_respondents,
    cast(
        decided.state is null or (
            decided.state = 'published'
            and decided.rule not in ('public', 'already_published')
            and figures.n_respondents < threshold('disclosure_min_contributors')
        ) as integer
    ) as told
from marts.figures
left join disclosure.figures as decided
    using (campaign, territory_id, structure_type, indicator, breakdown)
left join publications using (territory_id)
left join registry.indicators using (indicator)
where
    figures.campaign = getvariable('campaign')
    and (decided.state is null or figures.n_respondents < threshold('disclosure_min_contributors'))
order by told desc, figures.territory_id, figures.indicator
