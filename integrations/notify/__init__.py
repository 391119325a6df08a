"""Message gateways."""
