"""Stand-ins of the outside: separate processes that import no room of ours.

Run one with ``STAND_SECRET=S STAND_TOKEN=T python -m dev.stands.<name> --port N --data FOLDER --callback URL``.
"""
