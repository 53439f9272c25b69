with frame as (
    select
        campaign,
        structure_id,
        structure_type,
        agreed,
        solicited,
        fcsf_member
    from {{ ref('stg_intake__frame') }}
),

responses as (
    select
        campaign,
        structure_id,
        max(case when state = 'accepted' then 1 else 0 end) as responded,
        max(case when state = 'incomplete' then 1 else 0 end) as started,
        max(case when state = 'accepted' then sender end) as sender_accepted,
        max(case when state = 'accepted' then received_at end) as received_at_accepted,
        max(case when state = 'incomplete' then sender end) as sender_incomplete,
        max(case when state = 'incomplete' then received_at end) as received_at_incomplete
    from {{ ref('stg_intake__responses') }}
    where state in ('accepted', 'incomplete')
    group by campaign, structure_id
)

select
    frame.campaign,
    frame.structure_id,
    frame.structure_type,
    frame.agreed,
    frame.solicited,
    frame.fcsf_member,
    coalesce(responses.responded, 0) as responded,
    case
        when responses.responded = 1 then 'responded'
        when responses.started = 1 then 'incomplete'
        else 'no_response'
    end as response_status,
    coalesce(responses.sender_accepted, responses.sender_incomplete) as sender,
    coalesce(responses.received_at_accepted, responses.received_at_incomplete) as received_at
from frame
left join responses
    on frame.campaign = responses.campaign and frame.structure_id = responses.structure_id
