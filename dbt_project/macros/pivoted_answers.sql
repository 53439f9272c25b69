{#
    From one line per answer to one column per variable: values, statuses, options of multi-choice questions, as select lists
    over the lines of `wide_columns()`. The macro `answers_wide` puts them in order.
#}

{# The columns of the answers that hold a value, each with the CTE that it is pivoted into. #}
{% macro pivots() %}
    {{ return({'value_num': 'numbers', 'value_text': 'texts', 'value_date': 'dates'}) }}
{% endmacro %}


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
{% macro answers_with_status(columns, statuses) %}
    {%- for column in columns if column.kind == 'answer' %}
        {%- set relation = pivots()[value_of(column.sql_type)] %}
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
