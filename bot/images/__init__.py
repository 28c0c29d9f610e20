"""Pictures as bytes: look inside, make previews, download safely."""
