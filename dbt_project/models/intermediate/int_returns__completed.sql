{%- set answers = ref('int_answers__completed') -%}
{%- set responses = ref('stg_intake__responses') -%}
{%- set respondents = ref('stg_returns__answers_wide') -%}

{%- if imputed_values_are_used() -%}
    {{ answers_wide(answers, responses) }}
{%- else %}
select *
from {{ respondents }}
{%- endif %}
