{{ config(materialized='table') }}

{{ answers_wide(ref('stg_intake__answers'), ref('stg_intake__responses')) }}
