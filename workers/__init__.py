"""Worker processes, one a queue, and the relay: what carries facts in, seals the audit and reconciles."""
