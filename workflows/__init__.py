"""The Temporal shell: it runs what the pure core decides. Workers scan; nothing is imported here."""
