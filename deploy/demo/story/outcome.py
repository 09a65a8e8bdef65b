"""Whether a case came to what its sample expects, and if not, what was found instead. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deploy.demo.story.board import Case, Stage, holder, stage
from deploy.samples.load import Reached
from services.referral.views import ServiceRequestView


@dataclass(frozen=True, slots=True)
class Count:
    """The last line of a smoke run. ``lost``: reported, and not where it must be."""

    incidents: int
    accepted: int
    escalated: int
    lost: int

    def __str__(self) -> str:
        return (
            f"{self.incidents} incidents, {self.accepted} accepted, "
            f"{self.escalated} escalated, {self.lost} lost"
        )


def count(failures: Mapping[str, list[str]], cases: list[Case]) -> Count:
    """How many ended how, ``failures`` being what `differences` found by case."""
    reached = [case for case in cases if not failures.get(case.name)]
    escalated = sum(case.sample.expect.escalated for case in reached)
    return Count(
        incidents=len(cases),
        accepted=len(reached) - escalated,
        escalated=escalated,
        lost=len(cases) - len(reached),
    )


def differences(case: Case) -> Iterator[str]:
    """Each as ``need: expected …, found …``; none when the case is where it must be."""
    if case.problem is not None:
        yield f"expected to be reported, found {case.problem}"
        return
    for reached in case.sample.expect.needs:
        found = case.needs.get(reached.need)
        if found is None:
            yield f"{reached.need}: expected {_expected(reached)}, found no such need"
        elif not _met(reached, found):
            yield f"{reached.need}: expected {_expected(reached)}, found {_found(found)}"
    expected = {reached.need for reached in case.sample.expect.needs}
    for need in case.needs.keys() - expected:
        yield f"{need}: expected no such need, found {_found(case.needs[need])}"


def _met(reached: Reached, found: ServiceRequestView) -> bool:
    if found.status is not reached.status:
        return False
    if reached.fulfilment is not None and found.fulfilment is not reached.fulfilment:
        return False
    has_it = holder(found)
    if reached.organisations and (
        has_it is None or has_it.organisation not in reached.organisations
    ):
        return False
    return (has_it is not None and has_it.late) == reached.late


def _expected(reached: Reached) -> str:
    words = [reached.status.value]
    words += [reached.fulfilment.value] if reached.fulfilment else []
    words += [f"with {' or '.join(reached.organisations)}"] if reached.organisations else []
    words += ["late"] if reached.late else []
    return " ".join(words)


def _found(found: ServiceRequestView) -> str:
    has_it = holder(found)
    words = [found.status.value]
    words += [found.fulfilment.value] if stage(found) is not Stage.DRAFT else []
    words += [f"with {has_it.organisation}"] if has_it else []
    words += ["late"] if has_it is not None and has_it.late else []
    asked = [f"{offer.organisation} {offer.status.value}" for offer in found.offers]
    return " ".join(words) + (f" (asked: {', '.join(asked)})" if asked else " (nobody asked)")
