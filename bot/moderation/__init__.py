"""Moderators' services: rules, review queue, standing, budget, audit, console links. Knows no chat platform."""
