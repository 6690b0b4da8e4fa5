"""Comments to component and root cause, by rules: one versioned taxonomy, matched on folded text."""
