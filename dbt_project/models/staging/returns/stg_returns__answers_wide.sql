{{ config(materialized='table') }}

{%- set columns = wide_columns() %}

with answers as (
    select
        campaign,
        structure_id,
        variable,
        status,
        value_num,
        value_text,
        value_date
    from {{ ref('stg_intake__answers') }}
),

responses as (
    select
        campaign,
        structure_id,
        structure_type,
        cast(campaign as varchar) || ' ' || structure_type as form
    from {{ ref('stg_intake__responses') }}
    where state = 'accepted'
),

numbers as (
    select
        campaign,
        structure_id,
        {{ pivoted_values(columns, 'value_num') }}
    from answers
    where value_num is not null
    group by campaign, structure_id
),

texts as (
    select
        campaign,
        structure_id,
        {{ pivoted_values(columns, 'value_text') }}
    from answers
    where value_text is not null
    group by campaign, structure_id
),

dates as (
    select
        campaign,
        structure_id,
        {{ pivoted_values(columns, 'value_date') }}
    from answers
    where value_date is not null
    group by campaign, structure_id
),

statuses as (
    select
        campaign,
        structure_id,
        {{ pivoted_statuses(columns) }}
    from answers
    where status <> 'declared'
    group by campaign, structure_id
),

answered as (
    select
        responses.campaign,
        responses.structure_id,
        responses.structure_type,
        responses.form,
        {{ answers_with_status(
            columns, {'value_num': 'numbers', 'value_text': 'texts', 'value_date': 'dates'}, 'statuses'
        ) }}
    from responses
    left join numbers
        on responses.campaign = numbers.campaign and responses.structure_id = numbers.structure_id
    left join texts
        on responses.campaign = texts.campaign and responses.structure_id = texts.structure_id
    left join dates
        on responses.campaign = dates.campaign and responses.structure_id = dates.structure_id
    left join statuses
        on responses.campaign = statuses.campaign and responses.structure_id = statuses.structure_id
),

ticked as (
    select
        answered.*,
        {{ option_columns(columns) }}
    from answered
),

{{ derived_ctes(columns, 'ticked', ['campaign', 'structure_id', 'structure_type', 'form']) }}

final as (
    select
        campaign,
        structure_id,
        structure_type,
        {{ columns_with_status(columns) }}
    from {{ last_derived(columns, 'ticked') }}
)

select * from final
