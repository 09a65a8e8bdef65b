"""Who may be asked, in which order, and why the others may not."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.samples.load import load_incidents
from services.referral.directory.file import read_directory
from services.referral.directory.hours import open_now
from services.referral.directory.model import Directory, Eligibility, Organisation, Service
from services.referral.model.eligibility import ineligible, years
from services.referral.model.matching import Match, Vacancies, distance, match
from services.referral.model.service_request import Permission, ServiceRequest
from services.referral.model.summary import summary
from shared.jurisdiction import load_jurisdiction
from tests.support.referral import BLANK, Scene, last

ROOT = Path(__file__).parents[3]
KG = load_jurisdiction(ROOT / "deploy/jurisdictions/kg")
SAMPLE = read_directory(ROOT / "deploy/samples/directory.yaml", KG)
BISHKEK = ZoneInfo("Asia/Bishkek")
NIGHT = datetime(2026, 11, 23, 20, tzinfo=UTC)  # 02:00 there
DAY = datetime(2026, 11, 23, 6, tzinfo=UTC)  # 12:00 there
AREAS = ("417", "41704", "41706", "41711", "41704245", "41704245845", "41704245845020")
KINDS = ("crisis-centre", "shelter", "police", "legal-aid-centre", "ngo")
PLACES = ("41704245845020", "41704245000000", "41704220000000", "41706255876000", "41711204000000")


def asked(request: ServiceRequest, directory: Directory = SAMPLE, at: datetime = DAY) -> Match:
    """One look at the directory."""
    free = {each.id: each.places for each in directory.services.values() if each.places is not None}

    def is_open(service: Service, now: datetime) -> bool:
        return open_now(service, now, BISHKEK)

    return match(request, directory, Vacancies(free), at, is_open)


def wanting(service_type: str, kind: str, territory: str, **changes: object) -> ServiceRequest:
    """A request with consent to one kind of organisation."""
    request = replace(BLANK, service_type=service_type, territory=territory)
    permissions = (Permission("c", kind),)
    return replace(request, permissions=permissions, **changes)  # type: ignore[arg-type]


def reasons(found: Match) -> dict[str, str]:
    """Why each service was left out."""
    return {each.service: each.reason for each in found.excluded}


def test_the_nearest_comes_first_and_distance_is_by_the_code() -> None:
    """Village, aimak, raion, oblast, country."""
    levels = SAMPLE.levels
    assert [distance("41704245845020", each, levels) for each in PLACES] == [0, 2, 3, 4, 4]
    found = asked(wanting("crisis-counselling", "crisis-centre", "41704245845020"))
    assert found.candidates
    assert [each.distance for each in found.candidates] == sorted(
        each.distance for each in found.candidates
    )


def test_an_excluded_police_unit_leaves_the_next_higher_one() -> None:
    """The accused serves in Suzak: the oblast is asked, Suzak never."""
    request = wanting("police-protection", "police", "41703220000000")
    assert asked(request).candidates[0].organisation == "police-suzak"
    hidden = replace(request, excluded_organisations=("police-suzak",))
    found = asked(hidden)
    assert found.candidates[0].organisation == "police-jalal-abad-oblast"
    assert reasons(found)["police-suzak-protection"] == "excluded-organisation"


def test_nobody_is_asked_without_consent() -> None:
    """Consent to a crisis centre is none to a shelter of another kind."""
    found = asked(replace(wanting("shelter", "crisis-centre", "41711204000000"), permissions=()))
    assert found.candidates == ()
    assert set(reasons(found).values()) == {"no-consent"}


def test_a_full_shelter_is_not_asked_in_vain() -> None:
    """The directory says that it is full."""
    found = asked(wanting("shelter", "shelter", "41711204000000"))
    assert reasons(found)["ene-uyu-bishkek-shelter"] == "full"


def test_a_centre_that_works_by_day_is_not_asked_at_night() -> None:
    """By the clock on the wall there."""
    request = wanting("crisis-counselling", "crisis-centre", "41704245845020")
    by_day = {each.service for each in asked(request, at=DAY).candidates}
    night = asked(request, at=NIGHT)
    assert "asylzat-naryn-counselling" in by_day
    assert reasons(night)["asylzat-naryn-counselling"] == "closed-now"
    assert night.by_hand("asylzat-naryn-counselling"), "a coordinator may ask all the same"


def test_too_many_children_for_a_house_are_named_as_the_reason() -> None:
    """A mother of four is sent where there is room for four."""
    four = (("0-2", 1), ("3-6", 2), ("7-11", 1))
    found = asked(wanting("shelter", "crisis-centre", "41711204000000", children=four))
    assert reasons(found)["sezim-bishkek-shelter"] == "not-eligible:too-many-children"
    assert [each.service for each in found.candidates] == ["aialzat-bishkek-shelter"]


def test_bands_are_read_as_years_and_what_is_no_band_says_nothing() -> None:
    """Referral knows no ages."""
    assert years("30-44") == (30, 44)
    assert years("60+") == (60, 150)
    assert [years(text) for text in ("unknown", "", "-", "30", "30-44+", "٣٠-٤٤")] == [None] * 6


LIMITS: list[tuple[Eligibility, str, str | None]] = [
    (Eligibility(maximum_age=40), "18-29", None),
    (Eligibility(maximum_age=40), "30-44", "may-be-too-old"),
    (Eligibility(maximum_age=44), "30-44", None),
    (Eligibility(maximum_age=40), "45-59", "too-old"),
    (Eligibility(maximum_age=70), "60+", "may-be-too-old"),
    (Eligibility(minimum_age=18), "16-17", "too-young"),
    (Eligibility(minimum_age=18), "18-29", None),
    (Eligibility(minimum_age=21), "18-29", "may-be-too-young"),
    (Eligibility(minimum_age=21, maximum_age=40), "unknown", None),
]


@pytest.mark.parametrize(("rule", "band", "why"), LIMITS)
def test_nobody_is_let_in_who_may_be_over_a_limit(
    rule: Eligibility, band: str, why: str | None
) -> None:
    """Judged in years: a limit inside a band is judged by the end beyond it, as a doubt."""
    assert ineligible(replace(BLANK, age_band=band), rule) == why


@pytest.mark.parametrize(
    ("bands", "why"),
    [
        (("7-11",), None),
        (("3-6", "12-15"), "may-be-child-too-old"),
        (("16-17", "0-2"), "child-too-old"),
        (("unknown",), None),
        (("unknown", "16-17"), "child-too-old"),
        ((), None),
    ],
)
def test_nobody_is_let_in_whose_child_may_be_over_a_limit(
    bands: tuple[str, ...], why: str | None
) -> None:
    """The eldest counts."""
    request = replace(BLANK, children=tuple((band, 1) for band in bands))
    assert ineligible(request, Eligibility(maximum_child_age=12)) == why


def test_a_doubt_about_an_age_is_recorded_and_a_coordinator_may_judge_it() -> None:
    """Who can ask how old somebody is may have the service asked by hand."""
    shelter = Service("s", "o", "shelter", ("417",), eligibility=Eligibility(maximum_age=40))
    unit = Organisation("o", "o", "shelter", territory="41711204000000")
    directory = Directory("d", {"o": unit}, {"s": shelter}, SAMPLE.levels)
    found = asked(wanting("shelter", "shelter", "41711204000000", age_band="30-44"), directory)
    assert reasons(found) == {"s": "not-eligible:may-be-too-old"}
    assert found.by_hand("s")


def test_the_neutral_summary_says_the_raion_and_never_the_aimak() -> None:
    """In an aimak a summary is a name."""
    request = Scene("a").opened().request
    raion = KG.territories.raion_of(request.territory).code
    said = summary(request, last(request), raion)
    assert said.raion == "41704245000000"
    assert request.incident_id not in str(said)


@pytest.mark.parametrize("name", sorted(load_incidents()))
def test_every_sample_finds_somebody_or_is_meant_to_find_nobody(name: str) -> None:
    """The samples and the directory fit each other."""
    sample = load_incidents()[name]
    for need in sample.expect.needs:
        assert need.need in KG.service_types
        assert set(need.organisations or ()) <= set(SAMPLE.organisations)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Some organisations with a service each, anywhere, with any number of places."""
    count = draw(st.integers(0, 8))
    organisations, services = {}, {}
    for number in range(count):
        name = f"org-{number}"
        organisations[name] = Organisation(
            name, name, draw(st.sampled_from(KINDS)), territory=draw(st.sampled_from(PLACES))
        )
        areas = draw(st.lists(st.sampled_from(AREAS), min_size=1))
        places = draw(st.none() | st.integers(0, 3))
        services[f"s-{number}"] = Service(
            f"s-{number}", name, "shelter", tuple(areas), places=places
        )
    return Directory("d", organisations, services, SAMPLE.levels)


@given(directory=directories(), kind=st.sampled_from(KINDS), place=st.sampled_from(PLACES),
       hidden=st.sets(st.integers(0, 8).map("org-{}".format)))  # fmt: skip
def test_laws_of_matching(directory: Directory, kind: str, place: str, hidden: set[str]) -> None:
    """Nobody excluded, unpermitted or full is asked; everyone is somewhere; order is total."""
    request = wanting("shelter", kind, place, excluded_organisations=tuple(sorted(hidden)))
    found = asked(request, directory)
    for candidate in found.candidates:
        assert candidate.organisation not in hidden
        assert candidate.organisation_kind == kind
        assert candidate.free is None or candidate.free > 0
    listed = [each.service for each in found.candidates] + list(reasons(found))
    assert sorted(listed) == sorted(directory.services)
    orders = [each.order for each in found.candidates]
    assert orders == sorted(set(orders))
    shuffled = replace(directory, services=dict(reversed([*directory.services.items()])))
    assert asked(request, shuffled) == found


@given(directory=directories(), kind=st.sampled_from(KINDS), place=st.sampled_from(PLACES))
def test_whoever_serves_a_smaller_area_round_the_case_is_asked_first(
    directory: Directory, kind: str, place: str
) -> None:
    """Village, aimak, raion, oblast, country; where someone is, and their id, come after that."""
    found = asked(wanting("shelter", kind, place), directory)
    served = {each.id: each.service_areas for each in directory.services.values()}
    sizes = [
        max(len(area) for area in served[each.service] if place.startswith(area))
        for each in found.candidates
    ]
    assert sizes == sorted(sizes, reverse=True)
    levels = {14: 0, 11: 1, 8: 2, 5: 3, 3: 4}
    assert [each.area for each in found.candidates] == [levels[size] for size in sizes]


@pytest.mark.parametrize("home", ["41711204000000", "41704245000000", None])
def test_the_national_desk_is_asked_after_the_regional_one(home: str | None) -> None:
    """Wherever both sit, also if the national one is next door and comes first by its id."""
    desks = {
        "a-national": Organisation("a-national", "n", "police", territory="41704245845020"),
        "b-regional": Organisation("b-regional", "r", "police", territory=home),
    }
    areas = {"a-national": "417", "b-regional": "41704"}
    services = {each: Service(each, each, "police-protection", (areas[each],)) for each in desks}
    directory = Directory("d", desks, services, SAMPLE.levels)
    found = asked(wanting("police-protection", "police", "41704245845020"), directory)
    assert [each.service for each in found.candidates] == ["b-regional", "a-national"]
    assert [each.area for each in found.candidates] == [3, 4], "and the record says why"


def by_places(directory: Directory, free: dict[str, int], request: ServiceRequest) -> list[str]:
    """Who may be asked, in order, with so many places left."""
    found = match(request, directory, Vacancies(free), DAY, lambda _service, _at: True)
    return [each.service for each in found.candidates]


@given(directory=directories(), kind=st.sampled_from(KINDS), place=st.sampled_from(PLACES),
       free=st.lists(st.integers(-1, 2), min_size=8, max_size=8),
       more=st.lists(st.integers(0, 2), min_size=8, max_size=8))  # fmt: skip
def test_more_free_places_never_cost_anybody_a_turn(
    directory: Directory, kind: str, place: str, free: list[int], more: list[int]
) -> None:
    """A bed that becomes free adds candidates, and takes none away."""
    request = wanting("shelter", kind, place)
    before = {f"s-{number}": count for number, count in enumerate(free)}
    after = {service: count + more[at] for at, (service, count) in enumerate(before.items())}
    assert set(by_places(directory, before, request)) <= set(by_places(directory, after, request))


def test_two_hundred_are_listed_and_they_are_the_nearest() -> None:
    """The rest is explained by replay; nobody near is cut for somebody far."""
    near, far = "41704245845020", "41711204000000"
    organisations, services = {}, {}
    for number in range(250):
        name = f"org-{number:03}"
        home = far if number < 100 else near  # by id alone the far ones would come first
        organisations[name] = Organisation(name, name, "shelter", territory=home)
        services[name] = Service(name, name, "shelter", ("417",))
    many = Directory("d", organisations, services, SAMPLE.levels)
    found = asked(wanting("shelter", "shelter", near), many)
    assert len(found.candidates) == 200
    assert [each.distance for each in found.candidates] == [0] * 150 + [4] * 50


def test_an_excluded_place_hides_whoever_is_in_it() -> None:
    """The raion where the accused has his friends: its centres are not asked, others are."""
    request = wanting("crisis-counselling", "crisis-centre", "41704245845020")
    nearest = asked(request).candidates[0]
    home = SAMPLE.organisations[nearest.organisation].territory
    assert home is not None
    found = asked(replace(request, excluded_places=(home[:8],)))
    assert reasons(found)[nearest.service] == "excluded-place"
    assert found.candidates
    assert found.by_hand(nearest.service) is None, "nor may a coordinator"


def test_a_consent_for_one_organisation_or_until_a_day_is_no_more_than_that() -> None:
    """At the instant it ends it has ended."""
    request = wanting("shelter", "crisis-centre", "41711204000000")
    one = Permission("c", "crisis-centre", "sezim-bishkek", DAY)
    found = asked(replace(request, permissions=(one,)), at=DAY)
    assert found.candidates == ()
    later = replace(one, until=DAY.replace(hour=7))
    candidates = asked(replace(request, permissions=(later,)), at=DAY).candidates
    assert {each.organisation for each in candidates} == {"sezim-bishkek"}
