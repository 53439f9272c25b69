{#
    From one line per answer to one column per variable. All the macros of this file write select lists, or CTEs, from
    `wide_columns()`; the model `stg_returns__answers_wide` puts them in order.
#}

{#
    The variables whose answers are in `value` (value_num, value_text, value_date): aggregates over the answers of one
    response. Numbers, texts and dates are pivoted apart, so that each answer is compared with the variables of its kind only.
#}
{% macro pivoted_values(columns, value) %}
    {%- for column in columns if column.kind == 'answer' and value_of(column.sql_type) == value %}
    cast(max(case when variable = '{{ column.name }}' then {{ value }} end) as {{ column_type(column.sql_type) }})
        as {{ column.name }}
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
{% endmacro %}


{# The status of each variable, over the answers of one response. #}
{% macro pivoted_statuses(columns) %}
    {%- for column in columns if column.kind == 'answer' %}
    max(case when variable = '{{ column.name }}' then status end) as {{ column.name }}__status
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
{% endmacro %}


{# Values and statuses side by side, from the CTEs that hold them. A value without another status is declared. #}
{% macro answers_with_status(columns, relations, statuses) %}
    {%- for column in columns if column.kind == 'answer' %}
        {%- set relation = relations[value_of(column.sql_type)] %}
    {{ relation }}.{{ column.name }},
    coalesce({{ statuses }}.{{ column.name }}__status, case when {{ relation }}.{{ column.name }} is not null then 'declared' end)
        as {{ column.name }}__status
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
{% endmacro %}


{# The column of the answers that holds the values of a type. #}
{% macro value_of(sql_type) -%}
    {{ return({'integer': 'value_num', 'decimal': 'value_num', 'text': 'value_text', 'date': 'value_date'}[sql_type]) }}
{%- endmacro %}


{# Each option of the multi-choice questions, from the text that holds the codes ticked. #}
{% macro option_columns(columns) %}
    {%- for column in columns if column.kind == 'option' %}
    cast({{ column.expression }} as {{ column_type(column.sql_type) }}) as {{ column.name }}
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
{% endmacro %}


{#
    One CTE per derived variable, `derived_1` to `derived_n`, each over the one before (the first over `relation`).
    The names are spelled out because a derived variable may replace the answer of the same name.
#}
{% macro derived_ctes(columns, relation, keys) %}
    {%- set names = keys | list -%}
    {%- for column in columns if column.kind != 'derived' -%}
        {%- do names.append(column.name) -%}
        {%- if column.kind == 'answer' -%}{%- do names.append(column.name ~ '__status') -%}{%- endif -%}
    {%- endfor -%}
    {%- for column in columns if column.kind == 'derived' %}
derived_{{ loop.index }} as (
    select
        {{ names | reject('equalto', column.name) | join(',\n        ') }},
        cast({{ column.expression }} as {{ column_type(column.sql_type) }}) as {{ column.name }}
    from {{ relation if loop.first else 'derived_' ~ loop.index0 }}
),
        {%- if column.name not in names -%}{%- do names.append(column.name) -%}{%- endif -%}
    {%- endfor %}
{% endmacro %}


{# The CTE that the last derived variable is in. #}
{% macro last_derived(columns, relation) -%}
    {%- set derived = columns | selectattr('kind', 'equalto', 'derived') | list -%}
    {{ 'derived_' ~ (derived | length) if derived else relation }}
{%- endmacro %}


{#
    Every column with its status, free text and whatever else is never released as text left out.
    A variable asked in this form but without an answer is blank; computed for some respondents of the form, derived;
    asked of another type of structure in the campaign, not applicable; else not asked.
#}
{% macro columns_with_status(columns) %}
    {%- set asked = forms_by_variable() -%}
    {%- set answered = columns | selectattr('kind', 'equalto', 'answer') | map(attribute='name') | list -%}
    {%- set derived = columns | selectattr('kind', 'equalto', 'derived') | map(attribute='name') | list -%}
    {%- for column in columns
        if not (column.sql_type == 'text' and column.release == 'never')
        and not (column.kind == 'answer' and column.name in derived) %}
    {{ column.name }}
        {%- if column.kind != 'option' -%}
            {%- set forms = asked.get(column.variable, {'forms': [], 'campaigns': []}) %},
    {{ status_of(column.name, forms, column.name in answered, column.name in derived) }} as {{ column.name }}__status
        {%- endif -%}
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
{% endmacro %}


{% macro status_of(name, forms, is_answered, is_derived) -%}
    {%- set otherwise -%}
        case
            {%- if forms.forms %} when form in ('{{ forms.forms | join("', '") }}') then 'blank'{% endif %}
            {%- if is_derived %} when count({{ name }}) over (partition by form) > 0 then 'derived'{% endif %}
            {%- if forms.campaigns %} when campaign in ({{ forms.campaigns | join(', ') }}) then 'not_applicable'{% endif %}
            else 'not_asked' end
    {%- endset -%}
    {{ 'coalesce(' ~ name ~ '__status, ' ~ otherwise ~ ')' if is_answered else otherwise }}
{%- endmacro %}


{#
    One row per respondent over the lines of `answers` (campaign, structure_id, variable, status, value_num, value_text,
    value_date) and `responses`: each variable typed, with its status, the options of multi-choice questions, then the derived variables.
#}
{% macro answers_wide(answers, responses) %}
    {%- set columns = wide_columns() -%}

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
{% endmacro %}


{# The same over the answers completed with imputed values; `respondents` as they are while no figure rests on one. #}
{% macro completed_answers_wide(answers, responses, respondents) %}
    {%- if imputed_values_are_used() -%}
    {{ answers_wide(answers, responses) }}
    {%- else -%}
    select * from {{ respondents }}
    {%- endif -%}
{% endmacro %}
