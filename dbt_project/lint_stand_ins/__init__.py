"""What sqlfluff puts in place of dbt's own objects, so that models are linted without dbt or a database."""
