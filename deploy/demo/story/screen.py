"""What ``make demo`` shows: the cases live in the terminal, or plain lines where there is none."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.table import Table
from rich.text import Text

from deploy.demo.story.board import Case
from deploy.demo.story.table import board

REFRESH = 4
"""Redraws a second."""
FEED_LEAST, FEED_MOST = 2, 12
HEADING_LINE = 1


@dataclass(slots=True)
class Screen:
    """The whole screen. ``heading`` stays on top, above ``ledger``; ``says`` is the line below the
    cases."""

    console: Console
    heading: list[str]
    cases: list[Case] = field(default_factory=list)
    now: Callable[[], float] = lambda: 0.0
    says: str = ""
    ledger: list[str] = field(default_factory=list)
    _feed: deque[str] = field(default_factory=lambda: deque(maxlen=FEED_MOST))

    def tell(self, at: float, case: str, line: str) -> None:
        """Takes one line of the play; ``case`` is empty for a text on a phone."""
        if not self.console.is_terminal:
            self.console.print(f"{at:6.1f} s  {case:26} {line}", markup=False, soft_wrap=True)
        else:
            self._feed.append(f"{at:5.0f} s {case[:2]:2} {line}")

    def alarm(self, line: str) -> None:
        """Takes one line about a part of the stack that died."""
        if self.console.is_terminal:
            self._feed.append(line)
        else:
            self.console.print(line, markup=False, soft_wrap=True)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Live for as long as the context lasts; without a terminal only the heading, once."""
        if not self.console.is_terminal:
            for line in self.heading:
                self.console.print(line, markup=False, soft_wrap=True)
            yield
            return
        with Live(self, console=self.console, screen=True, refresh_per_second=REFRESH):
            yield

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Everything, in whatever room there is."""
        width, height = options.max_width, options.height or console.height
        top = [*self.heading, *self.ledger]
        heading = [Text(line, overflow="ellipsis", no_wrap=True) for line in top]
        heading[0].stylize("bold")
        room = height - len(heading) - HEADING_LINE
        cases = self._board(width, room - FEED_LEAST)
        feed = max(FEED_LEAST, room - cases.row_count - 1)
        lines = [Text(self.says, "bold", overflow="ellipsis", no_wrap=True)]
        lines += [
            Text(line, "dim", overflow="ellipsis", no_wrap=True)
            for line in list(self._feed)[-feed:]
        ]
        yield Group(*heading, *([cases] if self.cases else []), *lines)

    def _board(self, width: int, height: int) -> Table:
        return board(self.cases, self.now(), width=width, height=height)
