{# The figures that a table of the registry asks for in each territory, shared by the published ones and by those compared. #}

{# The columns of a staged table of figures; each aggregate by its key (see `measure_key`). `more`: those of this table alone. #}
{% macro figure_expressions_staged(expressions, more=[]) %}
select
    cast(campaign as {{ dbt.type_int() }}) as campaign,
    structure_type,
    indicator,
    breakdown,
    cast(position as {{ dbt.type_int() }}) as position,
    population,
    {%- for part in aggregate_columns(expressions) %}
    {{ measure_key(part) }} as {{ part }}_key,
    {%- endfor %}
    kind,
    cast(factor as {{ dbt.type_int() }}) as factor,
    cast(decimals as {{ dbt.type_int() }}) as decimals,
    unit,
    weighting
    {%- for column in more %},
    {{ column }}
    {%- endfor %}
from {{ source('registry', expressions) }}
{% endmacro %}


{#
    CTEs, the last one `asked`: a line per territory, structure type and figure of `staged` (see `figure_expressions_staged`, and
    its `more`), with the counts of the territory and the treatment of non-response applied; and `measured`, to join amounts from.
#}
{% macro asked_figures(expressions, staged, measured, more=[]) %}
    {%- set of_figures = ['indicator', 'breakdown', 'position', 'population'] -%}
    {%- for part in aggregate_columns(expressions) -%}{%- do of_figures.append(part ~ '_key') -%}{%- endfor -%}
    {%- set of_figures = of_figures + ['kind', 'factor', 'decimals', 'unit', 'weighting'] + more -%}
    {%- set of_territories = [
        'campaign', 'territory_id', 'level', 'level_order', 'territory', 'structure_type', 'n_agreed', 'n_solicited', 'n_responded'
    ] -%}
with expressions as (
    select
        campaign,
        structure_type,
        {{ of_figures | join(',\n        ') }}
    from {{ staged }}
),

applied as (
    select
        campaign,
        weighting,
        mode
    from {{ ref('stg_intake__weightings') }}
),

territories as (
    select
        {{ of_territories | join(',\n        ') }}
    from {{ ref('int_territories__counted') }}
),

measured as (
    select
        population,
        campaign,
        territory_id,
        structure_type,
        measure_key,
        amount
    from {{ measured }}
),

asked as (
    select
        territories.{{ of_territories | join(',\n        territories.') }},
        expressions.{{ of_figures | join(',\n        expressions.') }},
        coalesce(applied.mode, 'none') as mode
    from territories
    inner join expressions
        on
            territories.campaign = expressions.campaign
            and territories.structure_type = expressions.structure_type
    left join applied
        on expressions.campaign = applied.campaign and expressions.weighting = applied.weighting
)
{%- endmacro %}


{# The amount of an aggregate for each line of `asked`, joined as `name` on its key. #}
{% macro measured_join(name, key, kind='left') %}
    {{ kind }} join measured as {{ name }}
        on
            asked.population = {{ name }}.population
            and asked.campaign = {{ name }}.campaign
            and asked.territory_id = {{ name }}.territory_id
            and asked.structure_type = {{ name }}.structure_type
            and asked.{{ key }} = {{ name }}.measure_key
{%- endmacro %}


{# The amounts that every figure rests on: none without a numerator, a row in its base, or with a denominator of zero. #}
{% macro amounts_of_asked() %}
    {{ measured_join('numerators', 'numerator_key', 'inner') }}
    {{ measured_join('rows_in_base', 'n_key', 'inner') }} and rows_in_base.amount > 0
    {{ measured_join('denominators', 'denominator_key') }}
    {{ measured_join('imputed', 'n_imputed_key') }}
{%- endmacro %}
