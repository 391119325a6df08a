"""A few numbers about this process, in Prometheus' text form. Labels are routes and statuses: about nobody."""

from collections import Counter, defaultdict

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

router = APIRouter(tags=["health"])

MEDIA = "text/plain; version=0.0.4"


class Tally:
    """Counts answers and their time, by route."""

    def __init__(self) -> None:
        self._answers: Counter[tuple[str, int]] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def add(self, operation: str, status: int, seconds: float) -> None:
        """Count one answer; ``seconds`` until it began."""
        self._answers[operation, status] += 1
        self._seconds[operation] += seconds

    def text(self) -> str:
        """All numbers."""
        lines = ["# TYPE carepath_answers_total counter"]
        for (operation, status), count in sorted(self._answers.items()):
            lines.append(f'carepath_answers_total{{operation="{operation}",status="{status}"}} {count}')
        lines.append("# TYPE carepath_answer_seconds_total counter")
        for operation, seconds in sorted(self._seconds.items()):
            lines.append(f'carepath_answer_seconds_total{{operation="{operation}"}} {seconds:.6f}')
        return "\n".join(lines) + "\n"


@router.get("/metrics", operation_id="metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> PlainTextResponse:
    """Answers by route and status."""
    tally: Tally = request.app.state.tally
    return PlainTextResponse(tally.text(), media_type=MEDIA)
