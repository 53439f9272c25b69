{# The structure type under which figures on all types together are filed. #}
{% macro all_types() -%}ALL{%- endmacro %}


{# The name of the column that holds an aggregate of the registry: from its SQL, so that equal SQL is computed once. #}
{% macro measure_key(expression) -%}
    'm' || md5({{ expression }})
{%- endmacro %}


{# The distinct aggregates that the figures of a population ask for: [{'key': ..., 'expression': ...}]. #}
{% macro figure_measures(population) %}
    {%- set query -%}
        {%- for part in ['numerator', 'denominator', 'n'] %}
        {% if not loop.first %}union{% endif %}
        select {{ measure_key(part) }} as {{ adapter.quote('key') }}, {{ part }} as expression
        from {{ source('registry', 'figure_expressions') }}
        where population = '{{ population }}' and {{ part }} is not null
        {%- endfor %}
        order by 1
    {%- endset -%}
    {{ return(registry_lines(query)) }}
{% endmacro %}


{#
    Every aggregate over the rows of `relation` in one scan, by campaign, territory and structure type, and for all types
    together. `relation` holds campaign, territory_id, structure_type and the columns that the aggregates read.
#}
{% macro measured_by_territory(relation, measures) %}
    select
        campaign,
        territory_id,
        coalesce(structure_type, '{{ all_types() }}') as structure_type
        {%- for measure in measures %},
        cast({{ measure.expression }} as decimal(38, 10)) as {{ measure.key }}
        {%- endfor %}
    from {{ relation }}
    group by grouping sets ((campaign, territory_id, structure_type), (campaign, territory_id))
{%- endmacro %}
