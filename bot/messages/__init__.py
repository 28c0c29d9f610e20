"""Every sentence that a person can read, in every language, in one place."""
