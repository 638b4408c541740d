"""Questions while the alias switches from build to build."""

import threading

from normqa.errors import NormqaError
from tests.milvus.conftest import Lab

EDITS = 4


def test_no_answer_under_edits_fails_or_is_stale(lab: Lab) -> None:
    """A question that starts after a build has ended is answered from that build or a newer one."""

    def edit(number: int) -> None:
        lab.write("fish.md", f"The walrus counts {number} seals.")
        lab.milvus.build()

    edit(0)
    newest, stop = 0, threading.Event()
    faults: list[object] = []
    asked = 0

    def ask() -> None:
        nonlocal asked
        while not stop.is_set():
            least = newest
            try:
                answer = lab.milvus.ask("How many seals does the walrus count?", min_confidence=0.3)
            except NormqaError as error:
                faults.append(error)
                return
            counts = [int(quote.text.split()[3]) for quote in answer.quotes if "seals" in quote.text]
            if len(counts) != 1 or counts[0] < least:
                faults.append((least, answer))
            asked += 1

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(1, EDITS + 1):
        edit(number)
        newest = number
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert asked > EDITS
