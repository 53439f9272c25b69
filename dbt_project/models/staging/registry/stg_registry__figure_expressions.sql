{{ figure_expressions_staged('figure_expressions') }}
