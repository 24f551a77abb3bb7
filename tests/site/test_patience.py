"""What is done around Django for slow clients, without a server."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from bulou.site.middleware import BodyMiddleware, refusal_for
from bulou.site.serving.patience import TROUBLE, Patient
from bulou.site.serving.reaper import Reaper, Waiting

# Closing an answer lets Django give its connections back, so every test here may meet the database.
pytestmark = pytest.mark.django_db


def call(
    answer: Any, body: bytes = b"", *, waiting: Waiting | None = None, **environ: str
) -> tuple[dict[str, Any], Any]:
    seen: dict[str, Any] = {}

    def application(given: dict[str, Any], _start: Any) -> Any:
        seen.update(given, body=given["wsgi.input"].read())
        return answer

    given = {"REQUEST_METHOD": "POST", "REMOTE_ADDR": "10.0.0.7", "wsgi.input": io.BytesIO(body)} | environ
    patient = Patient(application, waiting if waiting is not None else Waiting(), most=1_000_000)
    return seen, patient(given, lambda *_: None)


@pytest.mark.parametrize("size", [0, 1, 16_384, 16_385, 900_000])
def test_a_whole_body_arrives_unchanged(size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    seen, _ = call([b""], body, CONTENT_LENGTH=str(size))
    assert seen["body"] == body
    assert TROUBLE not in seen


@pytest.mark.parametrize(
    ("body", "environ", "trouble"),
    [
        (b"half", {"CONTENT_LENGTH": "400"}, "cut_off"),
        (b"x" * 30_000, {"CONTENT_LENGTH": "40000"}, "cut_off"),
        (b"", {"CONTENT_LENGTH": "1000001"}, "too_large"),
        (b"x", {"HTTP_TRANSFER_ENCODING": "chunked"}, "no_length"),
        (b"x", {"CONTENT_LENGTH": "-1"}, "no_length"),
    ],
)
def test_a_body_that_is_not_as_announced_is_refused_and_none_of_it_is_seen(
    body: bytes, environ: dict[str, str], trouble: str
) -> None:
    seen, _ = call([b""], body, **environ)
    assert seen[TROUBLE] == trouble
    assert seen["body"] == b""
    assert refusal_for(trouble).status in (400, 411, 413)


def test_the_refusal_of_a_body_is_a_page_with_a_sentence() -> None:
    request = RequestFactory().post("/", headers={"accept": "application/json"})
    request.META[TROUBLE] = "cut_off"
    answer = BodyMiddleware(lambda _request: HttpResponse("reached"))(request)
    assert answer.status_code == 400
    assert b"site.body_cut_off" in answer.content  # type: ignore[attr-defined]
    del request.META[TROUBLE]
    assert BodyMiddleware(lambda _request: HttpResponse("reached"))(request).content == b"reached"  # type: ignore[attr-defined]


def test_an_answer_made_piece_by_piece_is_finished_before_it_is_sent() -> None:
    made: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(40):
            made.append(number)
            yield b"x" * 10_000

    answer = StreamingHttpResponse(pieces())
    _, sent = call(answer)
    assert len(made) == 40
    assert answer.closed
    assert b"".join(sent) == b"x" * 400_000
    sent.close()


def test_a_small_answer_leaves_the_thread_free() -> None:
    assert call(HttpResponse("page"))[1] == [b"page"]
    assert call(StreamingHttpResponse([b"a", b"b"]))[1] == [b"ab"]
    assert call([b"plain"])[1] == [b"plain"]


def test_a_file_is_sent_as_it_is_and_closed() -> None:
    file = io.BytesIO(b"y" * 200_000)
    _, sent = call(FileResponse(file))
    assert b"".join(sent) == b"y" * 200_000
    sent.close()
    assert file.closed


def test_a_client_is_waited_for_only_while_the_answer_is_on_its_way() -> None:
    waiting = Waiting()
    _, sent = call(FileResponse(io.BytesIO(b"y" * 200_000)), waiting=waiting)
    assert len(waiting) == 1
    assert waiting.stalled(time.monotonic() + 1) == {"10.0.0.7"}
    sent.close()
    assert len(waiting) == 0


def test_the_reaper_cuts_the_silent_connection_of_a_stalled_client_and_no_moving_one() -> None:
    waiting, ends = Waiting(), []
    with socket.create_server(("127.0.0.1", 0)) as server:
        pairs = []
        for _ in range(2):
            client = socket.create_connection(server.getsockname())
            pairs.append((client, server.accept()[0]))
        (silent, silent_end), (moving, moving_end) = pairs
        reaper = Reaper(waiting, patience=0.5)
        with waiting.on("127.0.0.1"):
            thread = threading.Thread(target=lambda: ends.append(silent_end.recv(10)))
            thread.start()
            until = time.monotonic() + 5
            while thread.is_alive() and time.monotonic() < until:
                moving.sendall(b"z" * 20_000)
                moving_end.recv(1 << 20)
                reaper.look()
                time.sleep(0.1)
            thread.join(1)
        assert ends == [b""]
        moving.sendall(b"still here")
        assert moving_end.recv(10) == b"still here"
        for one in (silent, silent_end, moving, moving_end):
            one.close()
    assert reaper.look() == 0
