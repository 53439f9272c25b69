with frame as (
    select
        campaign,
        structure_id,
        structure_type,
        name,
        commune_code,
        commune_name,
        departement,
        caf,
        federation,
        manager_name,
        manager_siren,
        management_mode,
        first_agreement_date,
        agreement_end,
        previous_ids,
        lead(campaign) over (partition by structure_id order by campaign) as next_campaign
    from {{ ref('stg_intake__frame') }}
),

campaigns as (
    select campaign
    from {{ ref('stg_registry__campaigns') }}
),

last_valid as (
    select
        frame.campaign,
        frame.structure_id,
        max(campaigns.campaign) as valid_to_campaign
    from frame
    inner join campaigns on frame.campaign <= campaigns.campaign and frame.next_campaign > campaigns.campaign
    group by frame.campaign, frame.structure_id
),

events as (
    select
        structure_id,
        event,
        event_date,
        row_number() over (partition by structure_id order by event_date desc, event asc) as latest_first
    from {{ ref('stg_intake__lifecycle') }}
),

events_by_structure as (
    select
        structure_id,
        {{ dbt.listagg(
            "event || '@' || cast(event_date as " ~ dbt.type_string() ~ ")", "';'", "order by event_date, event"
        ) }} as lifecycle_events,
        max(case when latest_first = 1 then event end) as last_event,
        max(case when latest_first = 1 then event_date end) as last_event_date
    from events
    group by structure_id
)

select
    frame.structure_id,
    frame.campaign,
    frame.campaign as valid_from_campaign,
    last_valid.valid_to_campaign,
    case when frame.next_campaign is null then 1 else 0 end as is_latest,
    frame.structure_type,
    frame.name,
    frame.commune_code,
    frame.commune_name,
    frame.departement,
    frame.caf,
    frame.federation,
    frame.manager_name,
    frame.manager_siren,
    frame.management_mode,
    frame.first_agreement_date,
    frame.agreement_end,
    frame.previous_ids,
    events_by_structure.lifecycle_events,
    events_by_structure.last_event,
    events_by_structure.last_event_date
from frame
left join last_valid
    on frame.campaign = last_valid.campaign and frame.structure_id = last_valid.structure_id
left join events_by_structure on frame.structure_id = events_by_structure.structure_id
order by frame.campaign, frame.structure_id
