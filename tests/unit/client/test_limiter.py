from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.client.errors import ConcurrencyError
from kolleno_netsuite.client.limiter import AdaptiveWidth, LocalLimiter


def test_width_halves_on_refusal_and_grows_by_one_per_quiet_minute():
    width = AdaptiveWidth(10).refused(now=100.0, sent_at=99.0)

    assert [width.at(100.0 + 60 * minutes) for minutes in range(7)] == [5, 6, 7, 8, 9, 10, 10]
    assert width.at(159.9) == 5


def test_width_is_halved_once_by_a_burst_of_refusals():
    width = AdaptiveWidth(8).refused(now=100.0, sent_at=99.0)

    assert width.refused(now=100.1, sent_at=99.5).at(100.2) == 4
    assert width.refused(now=101.0, sent_at=100.5).at(101.0) == 2


@given(
    st.integers(1, 30),
    st.lists(st.tuples(st.floats(0, 500), st.floats(0, 50)), max_size=20),
)
def test_width_stays_between_one_and_the_limit(limit, refusals):
    width, now = AdaptiveWidth(limit), 0.0

    for pause, duration in refusals:
        now += pause
        width = width.refused(now, now - duration)
        assert 1 <= width.at(now) <= limit
    assert width.at(now + 60 * 30) == limit


def test_width_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        AdaptiveWidth(0)


def test_limiter_never_lets_more_run_than_its_width():
    limiter = LocalLimiter(3)
    running, most, lock = [0], [0], threading.Lock()

    def work():
        for _ in range(20):
            with limiter.slot():
                with lock:
                    running[0] += 1
                    most[0] = max(most[0], running[0])
                threading.Event().wait(0.001)
                with lock:
                    running[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most[0] == 3


def test_limiter_gives_up_when_no_slot_becomes_free():
    limiter = LocalLimiter(1, patience=0.05)

    with limiter.slot(), pytest.raises(ConcurrencyError) as caught, limiter.slot():
        pass

    assert caught.value.code == "NO_FREE_SLOT"


def test_limiter_frees_the_slot_of_a_failed_call():
    limiter = LocalLimiter(1, patience=0.05)

    with pytest.raises(KeyError), limiter.slot():
        raise KeyError
    with limiter.slot():
        pass
