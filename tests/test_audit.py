"""`make audit`: what is locked, asked about; one line and exit code 4 where nobody answers."""

import importlib.util
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LOCK = """
aiohttp==3.14.5 \\
    --hash=sha256:00
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:01
python-socks==3.2.1
    # via tgbitget
"""
Serve = Callable[[Callable[[Any], Any]], str]


def load() -> Any:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


audit = load()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.lock"
    file.write_text(LOCK)
    return file


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Somebody on loopback who answers what a function makes of the queries."""
    servers: list[HTTPServer] = []

    def start(answer: Callable[[Any], Any]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                body = answer(json.loads(self.rfile.read(size))["queries"])
                sent = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *_: object) -> None:
                """Nothing on stderr."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/v1/querybatch"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_every_pin_is_asked_about_and_none_is_vulnerable(
    lock: Path, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []

    def answer(queries: Any) -> Any:
        asked.extend(queries)
        return {"results": [{} for _ in queries]}

    assert audit.main([str(lock), "--url", serve(answer)]) == 0
    assert [(q["package"]["name"], q["version"]) for q in asked] == [
        ("aiohttp", "3.14.5"),
        ("colorama", "0.4.6"),
        ("python-socks", "3.2.1"),
    ]
    assert "0 known vulnerabilities in the 3 packages of" in capsys.readouterr().out


def test_each_vulnerability_is_told_with_its_page_on_further_pages_too(
    lock: Path, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(queries: Any) -> Any:
        if "page_token" in queries[0]:
            return {"results": [{"vulns": [{"id": "PYSEC-2"}]}]}
        first = {"vulns": [{"id": "GHSA-1"}], "next_page_token": "more"}
        return {"results": [first, *({} for _ in queries[1:])]}

    assert audit.main([str(lock), "--url", serve(answer)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "aiohttp 3.14.5: GHSA-1 (https://osv.dev/vulnerability/GHSA-1)",
        "aiohttp 3.14.5: PYSEC-2 (https://osv.dev/vulnerability/PYSEC-2)",
        f"2 known vulnerabilities in the 3 packages of {lock}",
    ]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda _: b"<html>sign in here</html>", id="a page"),
        pytest.param(lambda _: {"results": []}, id="too few results"),
        pytest.param(lambda _: ["?"], id="something else"),
    ],
)
def test_an_answer_that_is_none_is_no_all_clear(
    answer: Callable[[Any], Any], lock: Path, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.main([str(lock), "--url", serve(answer)]) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1


def test_nobody_there_is_one_line(lock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main([str(lock), "--url", "http://127.0.0.1:1/"]) == 4
    said = capsys.readouterr()
    assert said.err.startswith("audit: http://127.0.0.1:1/ does not answer: ")
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("content", ["", "nothing is pinned here\n"])
def test_a_lock_without_pins_is_named(
    content: str, lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock.write_text(content)
    assert audit.main([str(lock)]) == 2
    assert capsys.readouterr().err == f"audit: {lock} cannot be read: it pins nothing\n"


def test_the_real_lock_is_understood_whole() -> None:
    text = (ROOT / "requirements.lock").read_text()
    pins = audit.pins_of(text)
    assert len(pins) == sum("==" in line for line in text.splitlines() if line[:1].isalnum())
