"""Laboratories."""
