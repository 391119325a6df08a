"""PostgreSQL: tables, queries and migrations. The truth about the record, never about the process.

Query modules hold plain async functions that take a ``Session`` first and time as an argument; they return frozen
values. ``records.database.Database`` opens the doors: one clinic, the system, or what belongs to no clinic.
"""
