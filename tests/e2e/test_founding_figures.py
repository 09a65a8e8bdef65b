"""The founding document's figures come out of the country report, from entries of fourteen
committees, each made over the API."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest_asyncio

from deploy.samples.founding.figures import SECRETARY, Committee, Founding, load_founding
from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.founding import PARTS, enter
from tests.support.town import BISHKEK, COORDINATOR, Town, town

NORTH, SOUTH = ("41708", "41707", "41702", "41704"), ("41706", "41705", "41703")
Figures = dict[tuple[str, str], Any]
"""By figure and part: a number, or why there is none."""


@dataclass(slots=True)
class Country:
    """A country whose committees have entered what they did."""

    town: Town
    founding: Founding

    @property
    def uchkun(self) -> Committee:
        """One of them."""
        named = {each.organisation: each for each in self.founding.committees}
        return named["committee-uchkun"]

    async def report(self) -> dict[str, Any]:
        """What its coordinator is shown of this year."""
        path = f"/report?year={datetime.now(BISHKEK).year}"
        found: dict[str, Any] = await self.town.ask(COORDINATOR, "committee", "GET", path)
        return found

    async def figures(self) -> Figures:
        """Of the whole country."""
        return figures((await self.report())["tables"][0])


def figures(table: Mapping[str, Any]) -> Figures:
    """The numbers of a table."""
    return {
        (line["figure"], line["part"]): line["now"]["missing"] or line["now"]["value"]
        for line in table["lines"]
    }


@pytest_asyncio.fixture(scope="module")
async def country() -> AsyncIterator[Country]:
    """The sample country, and in it what the founding document counts."""
    async with scratch(*PARTS) as stack, town(stack) as own:
        found = Country(own, load_founding())
        await enter(own, found.founding)

        async def heard() -> bool:
            """Referral's word that all are accepted has come to the committee service."""
            return bool((await found.figures()).get(("referrals", "accepted")) == 12)

        await eventually(heard, within=30)
        yield found


async def test_the_country_report_says_what_the_founding_document_says(country: Country) -> None:
    """Each of its figures, and that families at risk are not kept yet."""
    report = await country.report()
    whole, *oblasts = report["tables"]
    found = figures(whole)
    assert (found["committees", ""], found["members", ""]) == (14, 274)
    sectors = {part: count for (figure, part), count in found.items() if figure == "members"}
    assert set(sectors) == {"", *country.founding.members}
    assert sum(sectors.values()) == 2 * 274
    assert (found["trained", ""], found["trained", "2"], found["trained", "1"]) == (616, 136, 480)
    trained = {each["code"]: figures(each)["trained", ""] for each in oblasts}
    assert [sum(trained[code] for code in part) for part in (NORTH, SOUTH)] == [439, 177]
    assert found["meetings", ""] > 20
    assert found["met", ""] > 1000
    assert found["sittings", ""] == 12
    assert found["referred", ""] == found["referrals", "accepted"] == 12
    assert (found["aid-som", "cash"], found["aid", "cash"], found["aid", "house"]) == (13_000, 2, 1)
    assert found["families", ""] == "not-kept"
    assert report["silent"] == []


async def test_loaded_twice_nothing_is_there_twice(country: Country) -> None:
    """Not a member, not an entry, not an incident; nor a row of the plan or a link of the handbook,
    which say that they are invented."""
    before = await country.figures()
    await enter(country.town, country.founding)
    assert await country.figures() == before
    secretary = country.founding.people(country.uchkun)[SECRETARY].caller
    year = datetime.now(BISHKEK).year
    plan = await country.town.ask(secretary, "committee", "GET", f"/plans/{year}")
    assert [bool(each["done_on"]) for each in plan["items"]] == [True, True, False, False]
    handbook = await country.town.ask(secretary, "committee", "GET", "/handbook")
    titles = [each["title"].split(":")[0] for each in handbook["entries"]]
    assert titles == ["Ойдон чыгарылган үлгү", "Вымышленный образец"]


async def test_an_entry_that_is_taken_away_takes_its_part_of_the_figure(country: Country) -> None:
    """A training, a meeting, a house: what they counted is gone, and all else stays."""
    before, year = await country.figures(), datetime.now(BISHKEK).year
    uchkun = country.uchkun
    secretary = country.founding.people(uchkun)[SECRETARY].caller
    for entry in (
        f"/activities/{uchkun.own_id(year, 'training', 2)}",
        f"/activities/{uchkun.own_id(year, 'meeting', 0)}",
        f"/aid/{uchkun.own_id(year, 'aid')}",
    ):
        answer = await country.town.call(
            secretary, "committee", "POST", f"{entry}/withdraw", {"reason": "mistake"}
        )
        assert answer.is_success, answer.text
    now = await country.figures()
    moved = {key: was - now.get(key, 0) for key, was in before.items() if was != now.get(key, 0)}
    assert {key: by for key, by in moved.items() if key[1] in ("", "2", "house")} == {
        ("trained", ""): 12,
        ("trained", "2"): 12,
        ("trainings", ""): 1,
        ("trainings", "2"): 1,
        ("meetings", ""): 1,
        ("met", ""): 50,
        ("aid", ""): 1,
        ("aid", "house"): 1,
        ("aided", ""): 1,
    }
