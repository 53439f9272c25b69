{# The structure type under which figures on all types together are filed. #}
{% macro all_types() -%}ALL{%- endmacro %}


{# The name of the column that holds an aggregate of the registry: from its SQL, so that equal SQL is computed once. #}
{% macro measure_key(expression) -%}
    'm' || md5({{ expression }})
{%- endmacro %}


{# The columns of the registry's lines of figures that hold an aggregate, in the table `expressions`. #}
{% macro aggregate_columns(expressions) -%}
    {%- set of_weights = ['weights', 'squares', 'lightest', 'heaviest'] if expressions == 'adjusted_expressions' else [] -%}
    {{ return(['numerator', 'denominator', 'n', 'n_imputed'] + of_weights) }}
{%- endmacro %}


{#
    The distinct aggregates that the figures of a population ask for: [{'key': ..., 'expression': ...}].
    `expressions`: the registry's table of figures.
#}
{% macro figure_measures(expressions, population) %}
    {%- set query -%}
        {%- for part in aggregate_columns(expressions) %}
        {% if not loop.first %}union{% endif %}
        select {{ measure_key(part) }} as {{ adapter.quote('key') }}, {{ part }} as expression
        from {{ source('registry', expressions) }}
        where population = '{{ population }}' and {{ part }} is not null
        {%- endfor %}
        order by 1
    {%- endset -%}
    {{ return(registry_lines(query)) }}
{% endmacro %}


{# The names of the weightings that the figures of a population use. #}
{% macro figure_weightings(expressions, population) %}
    {%- set query -%}
        select distinct weighting
        from {{ source('registry', expressions) }}
        where population = '{{ population }}' and weighting <> 'none'
        order by weighting
    {%- endset -%}
    {{ return(registry_lines(query) | map(attribute='weighting') | list) }}
{% endmacro %}


{# Whether a figure of the registry rests on imputed values. #}
{% macro imputed_values_are_used() %}
    {{ return(
        figure_measures('figure_expressions', 'completed') + figure_measures('adjusted_expressions', 'completed') != []
    ) }}
{% endmacro %}


{#
    Every aggregate that the table of figures `expressions` asks for, as lines: population, campaign, territory_id,
    structure_type, measure_key, amount. One scan of each population that has figures: the frame, the respondents, the
    respondents completed with imputed values. Weights stand beside the answers as `weight__<weighting>`.
#}
{% macro measured_figures(expressions) %}
    {%- set relations = {
        'frame': ref('int_structures__panel'),
        'respondents': ref('stg_returns__answers_wide'),
        'completed': ref('int_returns__completed'),
    } -%}
    {%- set weights = ref('stg_intake__weights') -%}
    {%- set measured = {} -%}
    {%- for population in relations -%}
        {%- set measures = figure_measures(expressions, population) -%}
        {%- if measures -%}{%- do measured.update({population: measures}) -%}{%- endif -%}
    {%- endfor -%}

with members as (
    select
        campaign,
        territory_id,
        structure_id
    from {{ ref('bridge_territory_structure') }}
)

    {%- for population, measures in measured.items() %}
        {%- set weightings = figure_weightings(expressions, population) %},

        {%- if weightings %}

{{ population }}_weights as (
    {{ weights_by_respondent(weights, weightings) }}
),
        {%- endif %}

{{ population }} as (
    select
        members.territory_id,
        {%- for weighting in weightings %}
        {{ population }}_weights.weight__{{ weighting }},
        {%- endfor %}
        answers.*
    from members
    inner join {{ relations[population] }} as answers
        on members.campaign = answers.campaign and members.structure_id = answers.structure_id
        {%- if weightings %}
    left join {{ population }}_weights
        on
            members.campaign = {{ population }}_weights.campaign
            and members.structure_id = {{ population }}_weights.structure_id
        {%- endif %}
),

{{ population }}_measured as (
    {{ measured_by_territory(population, measures) }}
)
    {%- endfor %}

    {%- for population, measures in measured.items() %}
    {% if not loop.first %}union all{% endif %}
select
    '{{ population }}' as population,
    campaign,
    territory_id,
    structure_type,
    measure_key,
    amount
from {{ one_row_per_column(population ~ '_measured', measures | map(attribute='key'), 'measure_key', 'amount') }}
    {%- else %}

select
    cast(null as varchar) as population,
    campaign,
    territory_id,
    cast(null as varchar) as structure_type,
    cast(null as varchar) as measure_key,
    cast(null as decimal(38, 10)) as amount
from members
where 1 = 0
    {%- endfor %}
{% endmacro %}


{# One column per weighting, over the weights of each respondent: wide, so that their products with answers are too. #}
{% macro weights_by_respondent(weights, weightings) %}
    select
        campaign,
        structure_id
        {%- for weighting in weightings %},
        cast(max(case when weighting = '{{ weighting }}' then weight end) as decimal(20, 6)) as weight__{{ weighting }}
        {%- endfor %}
    from {{ weights }}
    group by campaign, structure_id
{%- endmacro %}


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
