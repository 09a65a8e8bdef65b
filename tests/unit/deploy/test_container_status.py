"""The job that says what is up waits for the parts, has an end, and names what is not."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from deploy.containers import status
from deploy.topology import HOST


@contextmanager
def part(
    *answers: int, said: bytes = b'{"parts": {"relay": false}, "waiting": ["kafka"]}'
) -> Iterator[str]:
    """Answers so, one after the other, the last for ever; its address."""
    left = list(answers)

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(code)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer((HOST, 0), Health) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{HOST}:{server.server_port}/health/ready"
        finally:
            server.shutdown()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "EVERY", 0.01)


def test_it_waits_for_a_part_that_is_starting() -> None:
    """A worker that is not ready yet is no reason to complain."""
    with part(503, 503, 200) as slow, part(200) as quick:
        assert status.settled([f"slow={slow}", f"quick={quick}"], within=30)


def test_it_does_not_wait_for_ever_and_says_what_is_lacking(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1, the part and what it waits for; the others are shown all the same."""
    monkeypatch.setattr(status.settled, "__defaults__", (0.05,))
    with part(503) as down, part(200) as well:
        monkeypatch.setattr("sys.argv", ["status", f"down={down}", f"well={well}"])
        assert status.main() == 1
    told = capsys.readouterr()
    assert "down: without relay; waits for kafka" in told.err
    assert "well" in told.out
    assert "phones" in told.out


def test_whoever_goes_on_by_older_files_is_told_with_the_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is ready, and waited for by nobody; and yet a person must look: status 1."""
    why = b'{"ready": true, "refused": ["/country/risk.yaml: signs.0.weight: no (line 14)"]}'
    with part(200, said=why) as old:
        assert status.settled([f"old={old}"], within=30)
        monkeypatch.setattr("sys.argv", ["status", f"old={old}"])
        assert status.main() == 1
    told = capsys.readouterr()
    assert "old: refuses /country/risk.yaml: signs.0.weight: no (line 14)" in told.err
    assert "but see below" in told.out


def test_the_dashboard_is_shown_where_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name is known only while the profile is up."""
    known = {"prometheus"}

    def resolve(host: str, _port: None) -> list[object]:
        if host not in known:
            raise socket.gaierror
        return []

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    monkeypatch.setenv("TIREK_PORT_PROMETHEUS", "9999")
    assert status.observing() == [f"http://{HOST}:9999  metrics, alerts"]
