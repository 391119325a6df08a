"""Vendors behind ports, one folder a port. Adapters raise only what `ports` names."""
