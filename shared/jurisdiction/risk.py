"""The checklist of danger signs and the urgency it comes to. Staff may raise it, never lower it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from shared.errors import Invalid
from shared.events.words import Urgency
from shared.jurisdiction.config_files import FromFile
from shared.times import Day


class Sign(FromFile):
    """One danger sign. ``floor`` is the least urgency that it makes by itself."""

    id: str
    names: dict[str, str]
    weight: int = Field(ge=0)
    floor: Urgency = Urgency.STANDARD


class Thresholds(FromFile):
    """The scores from which a case is high, and immediate."""

    immediate: int = Field(gt=0)
    high: int = Field(gt=0)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the checklist came to, and under which version of it.

    ``signs`` are those of which one alone makes this urgency; ``by_score``: all together do.
    """

    urgency: Urgency
    score: int
    version: str
    signs: tuple[str, ...] = ()
    by_score: bool = False


class Checklist(FromFile):
    """One version of the checklist."""

    version: str
    valid_from: Day
    thresholds: Thresholds
    signs: tuple[Sign, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if len({sign.id for sign in self.signs}) < len(self.signs):
            raise ValueError("signs: an id stands twice")
        if self.thresholds.high > self.thresholds.immediate:
            raise ValueError("thresholds: high must not be above immediate")
        return self

    def assess(
        self, danger_signs: Sequence[str], *, immediate_danger: bool, field: str = "danger_signs"
    ) -> Assessment:
        """The urgency of the signs given: by score, by any sign's own floor, by plain danger.

        A sign counts once, however often it is named. Raises `Invalid` for one not on the list.
        """
        known = {sign.id: sign for sign in self.signs}
        for position, sign_id in enumerate(danger_signs):
            if sign_id not in known:
                raise Invalid(f"{field}[{position}]", f"no such sign in {self.version}")
        signs = [known[sign_id] for sign_id in dict.fromkeys(danger_signs)]
        score = sum(sign.weight for sign in signs)
        reached = [self._by_score(score), *(sign.floor for sign in signs)]
        if immediate_danger:
            reached.append(Urgency.IMMEDIATE)
        urgency = min(reached, key=lambda each: each.rank)
        above = urgency is not Urgency.STANDARD
        return Assessment(
            urgency,
            score,
            self.version,
            tuple(sign.id for sign in signs if above and sign.floor is urgency),
            by_score=above and self._by_score(score) is urgency,
        )

    def _by_score(self, score: int) -> Urgency:
        if score >= self.thresholds.immediate:
            return Urgency.IMMEDIATE
        return Urgency.HIGH if score >= self.thresholds.high else Urgency.STANDARD
