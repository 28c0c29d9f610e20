"""What a community allows: words, limits, thresholds, and what follows a refusal. Pure functions on values."""
