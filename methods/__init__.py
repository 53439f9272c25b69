"""Which statistical method was applied: non-response, imputation, disclosure control."""
