"""One file a schema change, oldest first by its number."""
