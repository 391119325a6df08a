"""The pure core: state in, state out. Knows no kind by name and no clock."""
