{#
    One row per respondent over the lines of `answers` (campaign, structure_id, variable, status, value_num, value_text,
    value_date) and `responses`: each variable typed, with its status, the options of multi-choice questions, then the derived variables.
#}
{% macro answers_wide(answers, responses) %}
    {%- set columns = wide_columns() -%}
    {%- set last = last_derived(columns, 'ticked') -%}

with answers as (
    select
        campaign,
        structure_id,
        variable,
        status,
        value_num,
        value_text,
        value_date
    from {{ answers }}
),

responses as (
    select
        campaign,
        structure_id,
        structure_type,
        cast(campaign as varchar) || ' ' || structure_type as form
    from {{ responses }}
    where state = 'accepted'
),

{% for value, relation in pivots().items() -%}
{{ relation }} as (
    select
        campaign,
        structure_id,
        {{ pivoted_values(columns, value) }}
    from answers
    where {{ value }} is not null
    group by campaign, structure_id
),

{% endfor -%}
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
        {{ answers_with_status(columns, 'statuses') }}
    from responses
    {%- for relation in pivots().values() | list + ['statuses'] %}
    left join {{ relation }}
        on responses.campaign = {{ relation }}.campaign and responses.structure_id = {{ relation }}.structure_id
    {%- endfor %}
),

ticked as (
    select
        answered.*,
        {{ option_columns(columns) }}
    from answered
),

{{ derived_ctes(columns, 'ticked', ['campaign', 'structure_id', 'structure_type', 'form']) }}

computed as (
    {{ derived_by_form(columns, last) }}
),

final as (
    select
        {{ last }}.campaign,
        {{ last }}.structure_id,
        {{ last }}.structure_type,
        {{ columns_with_status(columns, last, 'computed') }}
    from {{ last }}
    inner join computed on {{ last }}.form = computed.form
)

select * from final
{% endmacro %}


{# The same over the answers completed with imputed values; `respondents` as they are while no figure rests on one. #}
{% macro completed_answers_wide(answers, responses, respondents) %}
    {%- if imputed_values_are_used() -%}
    {{ answers_wide(answers, responses) }}
    {%- else -%}
    select * from {{ respondents }}
    {%- endif -%}
{% endmacro %}
