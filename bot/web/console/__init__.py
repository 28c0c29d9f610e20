"""The moderators' console: a page on the HTTP plane, entered by a one-time link from chat."""
