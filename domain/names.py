"""Names on the wire between the shell and whoever reaches it: workflow types, doors, queues, search attributes."""

CONSULTATION = "Consultation"
STEP = "Step"

ACT = "act"
FACT = "fact"
VIEW = "view"

FLOW = "flow"
IO = "io"
DOCUMENTS = "documents"
QUEUES = (FLOW, IO, DOCUMENTS)
"""``flow`` runs workflows and records, ``io`` the outside, ``documents`` what costs CPU."""

PROJECT = "records.project"
"""The activity that writes a ``Snapshot`` into the record; no effect, the projector's own."""

CLINIC_ATTRIBUTE = "CarepathClinic"
PATHWAY_ATTRIBUTE = "CarepathPathway"
STATUS_ATTRIBUTE = "CarepathStatus"
"""Search attributes stay readable on the server: opaque codes only."""

CLOCK_SOURCE = "clock"
"""Source of the fact that carries a moved clock; its body is ``{"clock": Clock}``."""
