"""A sandbox, a sender account connected to it, and campaigns that need no bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.models.account import Account
from db.pool import Database
from sandbox.server import Sandbox
from sender.accounts.login import adopt_session
from sender.telegram.connect import TelegramAccess, TelegramAddress
from tests.sender.processes import Processes
from tests.sender.stage import ACCOUNT_ID, SECRET_KEY, Stage


@pytest.fixture
async def sandbox(tmp_path: Path, key_folder: Path) -> AsyncIterator[Sandbox]:
    folder = tmp_path / "sandbox"
    folder.mkdir()
    async with Sandbox(folder, key_folder=key_folder) as sandbox:
        sandbox.add_person("Olga", id=ACCOUNT_ID, username="olga_sends", phone="12025550100")
        yield sandbox


@pytest.fixture
def access(sandbox: Sandbox) -> TelegramAccess:
    pem = sandbox.server_key_path.read_text()
    address = TelegramAddress(sandbox.dc_host, sandbox.dc_port, pem)
    return TelegramAccess(12345, "0123456789abcdef0123456789abcdef", address)


@pytest.fixture
async def account(database: Database, access: TelegramAccess, sandbox: Sandbox) -> Account:
    """Olga, connected and able to send."""
    session = sandbox.issue_session(ACCOUNT_ID)
    return await adopt_session(database, SECRET_KEY, access, session)


@pytest.fixture
async def stage(
    database: Database, access: TelegramAccess, sandbox: Sandbox, account: Account
) -> AsyncIterator[Stage]:
    """All but a running sender, which `await stage.start()` starts."""
    stage = Stage(database, access, sandbox, account)
    await stage.set_up()
    yield stage
    await stage.close()


@pytest.fixture
async def processes(stage: Stage) -> AsyncIterator[Processes]:
    """Senders in processes of their own: `await processes.start("one")`."""
    processes = Processes(stage)
    yield processes
    await processes.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("histories")
    group.addoption("--histories", type=int, help="how many random histories are played")
    group.addoption("--history", type=int, help="the seed of the first history")
