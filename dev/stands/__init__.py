"""Stand-ins of the outside: separate processes that import no room of ours.

Run one with ``python -m dev.stands.<name> --port N --data FOLDER --callback URL --secret S --token T``.
"""
