"""Medical information systems."""
