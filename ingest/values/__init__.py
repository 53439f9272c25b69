"""From raw text to values: parsing, schema, edits, which response counts."""
