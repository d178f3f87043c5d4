"""Errors of the control server, and its description of itself."""

from __future__ import annotations

import pytest

from sandbox.control import ControlServer
from sandbox.ports import PortTaken
from tests.sandbox.control.conftest import ANNA, Remote


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("POST", "/people", {"first_name": 5}, 400, "first_name: Input should be a valid string"),
        ("POST", "/people", {}, 400, "Missing: first_name"),
        ("POST", "/people", {"first_name": "A", "age": 5}, 400, "Unknown: age. There is: id,"),
        ("POST", "/people", {"first_name": "A", "is_bot": True}, 400, "Unknown: is_bot"),
        ("POST", "/people", {"first_name": "A", "id": ANNA}, 409, "Somebody has the id 101"),
        ("POST", "/people", ["A"], 400, "must be a JSON object"),
        ("PATCH", "/people/anna", {"id": 5}, 400, "Unknown: id"),
        ("POST", "/bots", {"token": "x", "username": "b", "name": "B"}, 400, "A token begins"),
        ("POST", "/people/5/say", {"to": "anna", "text": "Hi"}, 404, "Nobody in this world is 5"),
        ("POST", "/people/anna/say", {"to": "anyone", "text": "Hi"}, 404, "is 'anyone'"),
        ("POST", "/people/anna/say", {"to": "desk_bot"}, 400, "Missing: text"),
        ("POST", "/people/anna/dance", {}, 404, "No such act. There is: files, say"),
        ("POST", "/people/anna/press", {"label": "Go"}, 404, "No button 'Go'"),
        ("POST", "/people/anna/react", {"message": 9, "emojis": []}, 404, "no message 9"),
        (
            "POST",
            "/people/anna/wait_for",
            {"chat": "desk_bot", "text": "x", "timeout": 0.01},
            408,
            "It did not become so",
        ),
        ("POST", "/faults", {"fault": "earthquake"}, 400, "Say which fault. There is: rpc_error"),
        ("POST", "/faults", {"fault": "flood_wait"}, 400, "Missing: seconds"),
        ("POST", "/faults", {"fault": "cut", "at": "lunch"}, 400, "at: Input should be"),
        (
            "POST",
            "/faults",
            {"fault": "latency", "seconds": 1, "acount": 1},
            400,
            "Unknown: acount",
        ),
        ("DELETE", "/faults/77", None, 404, "No fault 77"),
        ("GET", "/log?after=x", None, 400, "after: a number"),
        ("GET", "/media/x", None, 400, "id: a number is needed"),
        ("GET", "/nowhere", None, 404, "Not Found"),
        ("POST", "/people/anna/files?to=desk_bot", None, 400, "with the file's bytes"),
    ],
)
async def test_errors_name_their_cause(
    remote: Remote, method: str, path: str, body: object, status: int, words: str
) -> None:
    await remote.wrong(method, path, body, status, words)


async def test_all_routes_are_described(remote: Remote) -> None:
    about = await remote.ask("GET", "/")
    assert about["POST /people/{who}/say"] == {
        "to": "Who",
        "text": "str",
        "reply_to": "int | None = None",
        "date": "int | None = None",
    }
    assert "flood_wait" in about["POST /faults"]


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}], ids=str
)
async def test_requests_of_other_origins_are_refused(
    remote: Remote, headers: dict[str, str]
) -> None:
    async with remote.http.post("/people", json={"first_name": "A"}, headers=headers) as response:
        assert response.status == 403
    assert len(await remote.ask("GET", "/people")) == 3


async def test_a_taken_port_is_reported(remote: Remote) -> None:
    port = remote.sandbox.dc_port
    with pytest.raises(PortTaken, match=f"Port {port} is taken"):
        async with ControlServer(remote.sandbox, port):
            pass
