{{ figure_expressions_staged('adjusted_expressions', more=['imputed', 'published']) }}
