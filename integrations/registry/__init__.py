"""The federal registry of medical documents."""
