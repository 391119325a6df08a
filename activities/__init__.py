"""Every effect, one module a concern: thin, idempotent, classes that take ports and the database. Workers scan."""
