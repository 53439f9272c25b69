"""What a national-size campaign costs, stage by stage, beside a bare DuckDB script doing the same transformation."""
