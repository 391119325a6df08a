"""Checkers of signatures."""
