"""Cost of a call by counting, not by the clock: steps of Python code, and octets that it copied."""

import sys
from collections.abc import Callable
from time import process_time
from types import FrameType
from typing import Any


def lines(call: Callable[[], object]) -> int:
    """Lines of Python that a call runs, of whatever library; it may raise `Exception`."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except Exception:  # noqa: BLE001, S110 - what is refused costs something too
        pass
    finally:
        sys.settrace(before)
    return count


def assert_linear(make: Callable[[int], object], run: Callable[[Any], object], size: int) -> None:
    """Sixteen times the input is not much more than sixteen times the work.

    Lines alone do not show what C does in one of them: the processor's time has a very generous
    bound beside them, at sizes where a square would be a hundred times over it.
    """
    small, large = make(size), make(size * 16)
    few, many = lines(lambda: run(small)), lines(lambda: run(large))
    assert many <= 32 * few + 1000, f"{few} lines became {many}"
    began = process_time()
    try:
        run(large)
    except Exception:  # noqa: BLE001, S110
        pass
    assert process_time() - began < 2
