"""Whether the facade can serve."""

from tests.api.bench import Bench


async def test_a_facade_whose_queue_no_worker_polls_is_not_ready(bench: Bench) -> None:
    assert (await bench.http.get("/readyz")).status_code == 200
    bench.runs.served = False
    answer = await bench.http.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert (await bench.http.get("/livez")).status_code == 200
