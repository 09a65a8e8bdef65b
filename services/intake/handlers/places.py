"""Places to choose from: by a name as it was typed, or step by step from the largest down."""

from collections.abc import Container, Iterable

from services.intake.asking import Choice, PlaceChoice, PlacesFound
from services.intake.deps import Deps
from shared.jurisdiction import Place

MOST = 10
"""Places that a name may mean: more than anybody reads."""


def near(deps: Deps, typed: str, language: str) -> PlacesFound:
    """The places that may be meant."""
    names = deps.place_names.of(deps.jurisdiction.territories)
    return _found(deps, names.near(typed, MOST), language, names.called(typed))


def below(deps: Deps, code: str | None, language: str) -> PlacesFound:
    """The places right in one, or the largest there are; raises `Invalid` for an unknown code."""
    return _found(deps, deps.jurisdiction.territories.below(code), language)


def _found(
    deps: Deps, places: Iterable[Place], language: str, called: Container[str] = ()
) -> PlacesFound:
    territories = deps.jurisdiction.territories

    def choice(place: Place) -> Choice:
        return Choice(code=place.code, label=place.name(language))

    return PlacesFound(
        places=[
            PlaceChoice(
                code=each.code,
                label=each.name(language),
                level=each.level,
                path=[choice(above) for above in territories.ancestors(each.code)],
                more=bool(territories.below(each.code)),
                exact=each.code in called,
            )
            for each in places
        ]
    )
