"""The law as guards: a table of rules that is data, and one function a rule.

A guard takes the day of the act, raises ``Refusal("law", article=…)`` and returns the rows it relied on, so that they
are kept with the decision. A row that is no longer in force closes what it permitted.
"""
