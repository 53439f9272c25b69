{#
    The unit-level columns of some sections of the questionnaire, each with its options and its status, as a select list
    over `relation`. What is never released at unit level stays out; what belongs to the public directory goes with the
    section `identity`, wherever it was asked. A name in `taken` gets the suffix `_declared`.
    The contract of each fact says the same: see orchestration/dbt/contracts.py.
#}
{% macro section_columns(sections, relation, taken=[]) %}
    {%- set columns = wide_columns() -%}
    {%- set replaced = columns | selectattr('kind', 'equalto', 'derived') | map(attribute='name') | list -%}
    {%- for column in columns
        if column.release != 'never'
        and (column.section in sections if column.release == 'mart' else 'identity' in sections)
        and not (column.kind == 'answer' and column.name in replaced) %}
        {%- set name = column.name ~ ('_declared' if column.name in taken else '') %}
    {{ relation }}.{{ column.name }} as {{ name }}
        {%- if column.kind != 'option' %},
    {{ relation }}.{{ column.name }}__status as {{ name }}__status
        {%- endif -%}
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
{% endmacro %}


{#
    The number of key items answered, over a relation of the wide answers: `var('key_items')`, each one variable or several
    of which one is enough. Variables that no questionnaire asks count for nothing.
#}
{% macro key_items_answered(relation) -%}
    {%- set known = wide_columns() | map(attribute='name') | list -%}
    0
    {%- for item in var('key_items') %}
        {%- set variables = item | select('in', known) | list -%}
        {%- if variables %}
    + case when coalesce(
            {%- for variable in variables -%}
            {{ relation }}.{{ variable }}{% if not loop.last %}, {% endif %}
            {%- endfor -%}, null) is not null then 1 else 0 end
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
