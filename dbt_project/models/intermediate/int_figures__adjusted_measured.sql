{{ measured_figures('adjusted_expressions') }}
