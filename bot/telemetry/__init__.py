"""Logs, metrics and traces: what an operator sees, and what they never show."""
