-- campaign: the frame against its field. `expired`: agreed structures whose agreement ended before the end of the data year;
-- `respondents_out_of_scope`: they responded without having been solicited; `unknown_rows`: returned for no structure of the
-- frame.
select
    centres.campaign,
    cast(sum(centres.agreed) as integer) as agreed,
    cast(sum(centres.solicited) as integer) as solicited,
    cast(sum(case when centres.agreed = 1 and centres.solicited = 0 then 1 else 0 end) as integer) as out_of_scope,
    cast(
        sum(case when centres.agreed = 1 and structures.agreement_end < make_date(campaigns.data_year, 12, 31) then 1 else 0 end)
        as integer
    ) as expired,
    cast(sum(case when centres.responded = 1 and centres.solicited = 0 then 1 else 0 end) as integer)
        as respondents_out_of_scope,
    cast(max(coalesce(unknown.unknown_rows, 0)) as integer) as unknown_rows
from marts.fct_centres as centres
join marts.dim_structure as structures using (campaign, structure_id)
join marts.dim_campaign as campaigns using (campaign)
left join (
    select responses.campaign, count(*) as unknown_rows
    from intake.responses as responses
    left join marts.fct_centres as known using (campaign, structure_id)
    where responses.state = 'rejected' and known.structure_id is null
    group by responses.campaign
) as unknown using (campaign)
group by centres.campaign
order by centres.campaign
