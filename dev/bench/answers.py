"""The outside in story (a), canned: what each effect is answered, whatever was asked.

Used where an effect is one insert (``engine_cpu_ms``) and where nothing but Temporal runs (``tests/bench``).
"""

from typing import Any

from dev.clinic import DIAGNOSIS
from dev.people import ATTENDING, STAFF

SHA = "a" * 64

ANSWERS: dict[str, dict[str, Any]] = {
    "identity.check": {"level": "declared"},
    "identity.prove": {"level": "confirmed"},
    "consent.find": {"valid": []},
    "consent.record": {"consents": ["cs-1", "cs-2", "cs-3"]},
    "eligibility.find": {
        "outcome": "met",
        "proofs": [
            {
                "evidence": "ev-1",
                "doctor": STAFF[ATTENDING].person,
                "diagnosis": DIAGNOSIS,
                "on": "2026-11-10",
                "source": "mis",
            }
        ],
    },
    "payment.authorise": {"hold": "h-1"},
    "payment.capture": {"receipt": "r-1"},
    "queue.join": {"low": 60, "high": 300},
    "video.open": {"room": "room-1"},
    "protocol.render": {"document": "d-1", "sha256": SHA},
    "signature.register": {"request": "R-1"},
    "prescription.issue": {"prescription": "rx-1", "number": "001"},
    "lab_order.place": {"order": "L-1"},
    "results.fetch": {"result": "rs-1", "status": "final"},
    "notify.tell": {"people": 1},
}


def answer(effect: str) -> dict[str, Any]:
    """What this effect is answered; one that has nothing to tell is simply done."""
    return ANSWERS.get(effect, {})
