"""One rule for statistical intervals, exponents on it, and brackets of numerical limits."""
