"""Alembic's scripts, inside the wheel."""
