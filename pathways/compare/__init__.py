"""What a new version changes, and for whom: a module for each part of a pathway; ``pathways/diff.py`` is the door."""
