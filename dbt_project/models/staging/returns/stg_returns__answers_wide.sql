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

pivoted as (
    select
        campaign,
        structure_id,
        {{ pivoted_answers(columns) }}
    from answers
    group by campaign, structure_id
),

answered as (
    select
        responses.structure_type,
        responses.form,
        responses.campaign,
        responses.structure_id,
        {{ answer_names('pivoted', columns) }}
    from responses
    left join pivoted
        on responses.campaign = pivoted.campaign and responses.structure_id = pivoted.structure_id
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
