"""Claims, tables and figures of the notebooks."""
