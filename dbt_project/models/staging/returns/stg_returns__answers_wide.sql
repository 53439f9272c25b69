{{ config(materialized='table') }}

{{ answers_wide(ref('stg_intake__answers')) }}
