{#
    `factor * numerator / denominator` (`factor * numerator` where the denominator is null) rounded to `decimals` places,
    half away from zero, as decimal(28, 4). Null where the denominator is zero. Exact: numerator and denominator are
    decimal(38, 10), and a tie is a tie whatever floating point makes of it. `decimals` is at most 4.
#}
{% macro ratio_rounded(factor, numerator, denominator, decimals) -%}
    {{ adapter.dispatch('ratio_rounded')(factor, numerator, denominator, decimals) }}
{%- endmacro %}


{# Databases that divide decimals as decimals and round them away from zero. #}
{% macro default__ratio_rounded(factor, numerator, denominator, decimals) -%}
    cast(
        round({{ factor }} * {{ numerator }} / nullif(coalesce({{ denominator }}, 1), 0), {{ decimals }})
        as decimal(28, 4)
    )
{%- endmacro %}


{#
    DuckDB divides decimals as floating point, so whole numbers are divided: numerator and denominator counted in
    10^-10. For positive a and b, (2a + b) // 2b is a / b rounded half up; the sign is put back after.
#}
{% macro duckdb__ratio_rounded(factor, numerator, denominator, decimals) -%}
    {%- set dividend = 'abs(cast(' ~ numerator ~ ' * 10000000000 as hugeint)) * ' ~ factor
        ~ ' * cast(pow(10, ' ~ decimals ~ ') as hugeint)' -%}
    {%- set divisor = 'nullif(abs(cast(coalesce(' ~ denominator ~ ', 1) * 10000000000 as hugeint)), 0)' -%}
    cast(
        cast(
            sign({{ numerator }}) * sign(coalesce({{ denominator }}, 1))
            * ((2 * {{ dividend }} + {{ divisor }}) // (2 * {{ divisor }}))
            * cast(pow(10, 4 - {{ decimals }}) as hugeint)
            as decimal(28, 0)
        ) * cast(0.0001 as decimal(5, 4))
        as decimal(28, 4)
    )
{%- endmacro %}
