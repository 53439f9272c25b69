"""From the rows of a file to recognised answers, whatever its layout."""
