"""Where a number comes from: figure, indicator, mart rows, answers, file, sheet, cell."""
