with panel as (
    select
        campaign,
        structure_id,
        structure_type,
        agreed,
        solicited,
        fcsf_member,
        response_status,
        responded,
        sender,
        received_at
    from {{ ref('int_structures__panel') }}
),

answers as (
    select
        answers_wide.*,
        {{ key_items_answered('answers_wide') }} as key_items_answered
    from {{ ref('stg_returns__answers_wide') }} as answers_wide
)

select
    panel.campaign,
    panel.structure_id,
    panel.structure_type,
    panel.agreed,
    panel.solicited,
    panel.fcsf_member,
    panel.response_status,
    panel.responded,
    case
        when answers.key_items_answered >= {{ var('complete_from_key_items') }} then 1
        else 0
    end as is_complete,
    answers.key_items_answered,
    panel.sender,
    panel.received_at,
    {{ section_columns(
        ['identity'],
        'answers',
        taken=['agreed', 'solicited', 'fcsf_member', 'response_status', 'responded', 'is_complete', 'sender', 'received_at']
    ) }}
from panel
left join answers
    on panel.campaign = answers.campaign and panel.structure_id = answers.structure_id
order by panel.campaign, panel.structure_id
