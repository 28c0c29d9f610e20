"""Pictures drawn by rules: for newcomers without keys, and for tests."""
