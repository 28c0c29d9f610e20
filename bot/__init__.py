"""The core of imagine-bot: it knows no chat platform and, outside `providers/`, no vendor."""
