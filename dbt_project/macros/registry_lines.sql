{# The lines of a query on the registry, as dicts keyed by column; none while dbt parses. #}
{% macro registry_lines(query) %}
    {%- set lines = [] -%}
    {%- if execute -%}
        {%- set table = run_query(query) -%}
        {%- for row in table.rows -%}
            {%- do lines.append(dict(zip(table.column_names, row))) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(lines) }}
{% endmacro %}


{#
    The columns of the wide table of answers, in an order in which each expression uses earlier ones only.
    A derived variable that some campaigns ask is there twice: as an answer, then as what replaces it.
#}
{% macro wide_columns() %}
    {%- set query -%}
        select
            {{ adapter.quote('column') }} as name,
            variable,
            kind,
            sql_type,
            section,
            expression,
            release
        from {{ source('registry', 'wide_columns') }}
        order by position
    {%- endset -%}
    {{ return(registry_lines(query)) }}
{% endmacro %}


{# The forms that ask each variable: {variable: {'forms': ['2019 CS', ...], 'campaigns': [2019, ...]}}. #}
{% macro forms_by_variable() %}
    {%- set query -%}
        select distinct variable, campaign, structure_type
        from {{ source('registry', 'questions') }}
        order by variable, campaign, structure_type
    {%- endset -%}
    {%- set asked = {} -%}
    {%- for line in registry_lines(query) -%}
        {%- set forms = asked.setdefault(line.variable, {'forms': [], 'campaigns': []}) -%}
        {%- do forms.forms.append(line.campaign ~ ' ' ~ line.structure_type) -%}
        {%- if line.campaign not in forms.campaigns -%}{%- do forms.campaigns.append(line.campaign) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(asked) }}
{% endmacro %}


{# The type of a column, from the registry's name for it. Whole numbers are wide: a slip of the keyboard must not stop a build. #}
{% macro column_type(sql_type) -%}
    {{ {'integer': 'bigint', 'decimal': 'decimal(18, 6)', 'text': 'varchar', 'date': 'date'}[sql_type] }}
{%- endmacro %}
