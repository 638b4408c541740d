"""``/health/live`` and ``/health/ready``."""

import shutil

from tests.serve.conftest import Built, client_of


def test_live_ignores_the_index(built: Built) -> None:
    client = client_of(built({}))
    reply = client.get("/health/live")
    assert (reply.status_code, reply.json()) == (200, {"status": "live"})
    assert client.get("/health/ready").status_code == 503


def test_ready_names_the_generation_that_answers(built: Built) -> None:
    service = built({"a.md": "The pelican eats herring."})
    client = client_of(service)
    reply = client.get("/health/ready")
    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-store")
    assert reply.json() == {"status": "ready", "generation": service.generation().name}
    (service.settings.corpus / "b.md").write_text("The walrus sleeps.", encoding="utf-8")
    built_next = service.build().manifest
    assert built_next is not None
    assert client.get("/health/ready").json()["generation"] == built_next.generation


def test_index_that_is_lost_is_not_ready(built: Built) -> None:
    service = built({"a.md": "The pelican eats herring."})
    client = client_of(service)
    assert client.get("/health/ready").status_code == 200
    shutil.rmtree(service.settings.index_folder)
    reply = client.get("/health/ready")
    assert (reply.status_code, reply.json()["code"]) == (503, "no_index")
