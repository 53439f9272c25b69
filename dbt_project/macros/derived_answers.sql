{# Variables computed from the answers, and the status of every column once they are. #}

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


{# How many respondents of each form have each derived variable: one scan, where a window for each would sort as often. #}
{% macro derived_by_form(columns, relation) %}
    select
        form
        {%- for column in columns if column.kind == 'derived' %},
        count({{ column.name }}) as {{ column.name }}__computed
        {%- endfor %}
    from {{ relation }}
    group by form
{%- endmacro %}


{#
    Every column of `relation` with its status, free text and whatever else is never released as text left out.
    A variable asked in this form but without an answer is blank; computed for some respondents of the form (`computed`, from
    `derived_by_form`), derived; asked of another type of structure in the campaign, not applicable; else not asked.
#}
{% macro columns_with_status(columns, relation, computed) %}
    {%- set asked = forms_by_variable() -%}
    {%- set answered = columns | selectattr('kind', 'equalto', 'answer') | map(attribute='name') | list -%}
    {%- set derived = columns | selectattr('kind', 'equalto', 'derived') | map(attribute='name') | list -%}
    {%- for column in columns
        if not (column.sql_type == 'text' and column.release == 'never')
        and not (column.kind == 'answer' and column.name in derived) %}
    {{ relation }}.{{ column.name }}
        {%- if column.kind != 'option' -%}
            {%- set forms = asked.get(column.variable, {'forms': [], 'campaigns': []}) %},
    {{ status_of(
        relation ~ '.' ~ column.name if column.name in answered,
        computed ~ '.' ~ column.name if column.name in derived,
        forms, relation
    ) }} as {{ column.name }}__status
        {%- endif -%}
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
{% endmacro %}


{#
    The status of a column: that of the answer, where it is one (`answer`), else what the forms that ask the variable say,
    and whether it is a derived one (`derived`); each the column that the suffix `__status` or `__computed` goes to.
#}
{% macro status_of(answer, derived, forms, relation) -%}
    {%- set otherwise -%}
        case
            {%- if forms.forms %} when {{ relation }}.form in ('{{ forms.forms | join("', '") }}') then 'blank'{% endif %}
            {%- if derived %} when {{ derived }}__computed > 0 then 'derived'{% endif %}
            {%- if forms.campaigns %} when {{ relation }}.campaign in ({{ forms.campaigns | join(', ') }}) then 'not_applicable'{% endif %}
            else 'not_asked' end
    {%- endset -%}
    {{ 'coalesce(' ~ answer ~ '__status, ' ~ otherwise ~ ')' if answer else otherwise }}
{%- endmacro %}
