"""The running consultations, reached over Temporal."""
