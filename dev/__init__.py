"""The embedded stack for trying and testing, the demo, and stand-ins of outside systems. Never for production."""
