"""The queue of questions: how many wait, how long, and for whom."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest
from fastapi import Request
from starlette.types import Message

from normqa.errors import Abandoned, DeadlineExceeded
from normqa.serve.errors import Overloaded
from normqa.serve.limits.queue import QuestionQueue
from normqa.timing.timer import Timer


class Client:
    """A client that waits until it leaves."""

    def __init__(self) -> None:
        self._gone = asyncio.Event()
        self.request = Request({"type": "http"}, self._receive)

    def leave(self) -> None:
        self._gone.set()

    async def _receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}


class Work:
    """Work of two stages that waits between them."""

    def __init__(self) -> None:
        self.timer = Timer()
        self.started, self.may_end = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.started.set()
        assert self.may_end.wait(10)
        self.timer.start("second stage")
        return "done"


async def _until(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, 10)


def _in_loop(test: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await asyncio.wait_for(test(), 20)

    asyncio.run(run())


def test_question_beyond_the_queue_is_refused_at_once() -> None:
    async def test() -> None:
        queue, works = QuestionQueue(1, 1, 60), [Work(), Work(), Work()]
        running, waiting = (
            asyncio.create_task(queue.run(Client().request, work.timer, work)) for work in works[:2]
        )
        await _until(works[0].started)
        with pytest.raises(Overloaded) as raised:
            await queue.run(Client().request, works[2].timer, works[2])
        assert raised.value.code == "overloaded"
        assert not works[1].started.is_set()
        for work in works:
            work.may_end.set()
        assert await running == await waiting == "done"
        assert await queue.run(Client().request, works[2].timer, works[2]) == "done"

    _in_loop(test)


def test_waiting_question_is_dropped_when_its_client_leaves() -> None:
    async def test() -> None:
        queue, work, dropped, client = QuestionQueue(1, 1, 60), Work(), Work(), Client()
        running = asyncio.create_task(queue.run(Client().request, work.timer, work))
        await _until(work.started)
        waiting = asyncio.create_task(queue.run(client.request, dropped.timer, dropped))
        client.leave()
        with pytest.raises(Abandoned):
            await waiting
        assert not dropped.started.is_set()
        work.may_end.set()
        assert await running == "done"

    _in_loop(test)


def test_work_ends_at_its_next_stage_when_its_client_leaves() -> None:
    async def test() -> None:
        queue, work, client = QuestionQueue(1, 0, 60), Work(), Client()
        running = asyncio.create_task(queue.run(client.request, work.timer, work))
        await _until(work.started)
        client.leave()
        while not work.timer.deadline.is_abandoned:
            await asyncio.sleep(0)
        assert not running.done()  # its thread is still busy, so its place is taken
        with pytest.raises(Overloaded):
            await queue.run(Client().request, Timer(), work)
        work.may_end.set()
        with pytest.raises(Abandoned):
            await running
        assert await queue.run(Client().request, Timer(), lambda: "next") == "next"

    _in_loop(test)


def test_time_in_the_queue_counts() -> None:
    async def test() -> None:
        queue, work, late = QuestionQueue(1, 1, 0.2), Work(), Work()
        running = asyncio.create_task(queue.run(Client().request, work.timer, work))
        await _until(work.started)
        with pytest.raises(DeadlineExceeded):
            await queue.run(Client().request, late.timer, late)
        assert not late.started.is_set()
        work.may_end.set()
        with pytest.raises(DeadlineExceeded):
            await running

    _in_loop(test)
