"""The kinds of steps, one file each. ``pathways.core.kind.kinds()`` imports them all; no list is kept anywhere."""
