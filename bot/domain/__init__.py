"""Frozen values of the product; no I/O, no vendor, no chat platform."""
