"""Where stores of tests lie: SQLite, and the server that GRADER_TEST_STORE_URL names, if it names one."""

import os
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy

from grader.classroom.store import Store

SERVER = os.environ.get("GRADER_TEST_STORE_URL")
Opener = Callable[[], Store]


@pytest.fixture(params=["sqlite", "server"] if SERVER else ["sqlite"])
def address(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Give the address of a store that is not there yet: None for SQLite in the folder."""
    if request.param == "sqlite":
        yield None
        return
    assert SERVER is not None
    schema = f"test_{uuid.uuid4().hex}"
    admin = sqlalchemy.create_engine(SERVER)
    with admin.begin() as connection:
        connection.execute(sqlalchemy.schema.CreateSchema(schema))
    url = sqlalchemy.make_url(SERVER).update_query_dict({"options": f"-csearch_path={schema}"})
    yield url.render_as_string(hide_password=False)
    with admin.begin() as connection:
        connection.execute(sqlalchemy.schema.DropSchema(schema, cascade=True))
    admin.dispose()


@pytest.fixture
def opener(tmp_path: Path, address: str | None) -> Opener:
    """Give what opens one and the same store each time."""
    return partial(Store.open, tmp_path / "store", address)


@pytest.fixture
def store(opener: Opener) -> Iterator[Store]:
    """Give a new store."""
    with opener() as opened:
        yield opened
