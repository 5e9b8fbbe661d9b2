"""The exact second-moment recursion behind `exact_risk`: one step, stability, long blocks."""
