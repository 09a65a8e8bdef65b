"""The directory and the policies as they run now, in plain words; and which parts answer."""

from pathlib import Path

from deploy.backup import keys as backup_keys
from deploy.backup.server import Server
from deploy.backup.taking import take
from deploy.samples.load import ADMINISTRATOR, sample_caller
from shared.events.services import SERVICES
from tests.console.conftest import Office
from tests.support.town import COORDINATOR, someone_at


async def test_who_serves_whom_when_and_with_how_much_room(office: Office) -> None:
    """Page by page, and those of a kind; hours are said as people say them."""
    desk = await office.desks.of(COORDINATOR)
    page = await desk.go("/directory")
    first = page.text
    page = await desk.follow("More")
    assert page.text != first
    await desk.go("/directory")
    page = await desk.press("Show", kind="crisis-centre", service_type="crisis-counselling")
    assert "every day 08:00–20:00" in page.text
    assert "RRULE" not in page.text
    assert "FREQ" not in page.text


async def test_how_long_anybody_is_waited_for(office: Office) -> None:
    """In hours and minutes, never as a code."""
    desk = await office.desks.of(COORDINATOR)
    await desk.go("/directory")
    page = await desk.follow("How long anybody is waited for")
    assert "min" in page.text
    assert "PT" not in page.text


async def test_an_administrator_sees_what_answers(office: Office, tmp_path: Path) -> None:
    """A line for each service, in words; how old the last backup is, and which keys are due."""
    desk = await office.desks.of(sample_caller(ADMINISTRATOR))
    page = await desk.go("/running")
    assert page.text.count("answers") == len(SERVICES)
    assert "does not answer" not in page.text
    assert "none is known of late: one a day is taken" in page.text
    assert "none is a year old" in page.text
    assert "Ledger : entries: " in page.text
    public, _ = backup_keys.make(tmp_path)
    folders = {"data": tmp_path, "keys": tmp_path}
    server = Server(office.town.stack.superuser())
    await take(server, folders, backup_keys.recipients(public), lambda _: None)
    page = await desk.go("/running")
    assert "the last one was taken" in page.text
    assert "late" not in page.text


async def test_the_directory_is_for_who_answers_for_it(office: Office) -> None:
    """A worker has no such places."""
    desk = await office.desks.of(someone_at(office.town, "sezim-bishkek"))
    for path in ("/directory", "/policies", "/running"):
        await desk.go(path)
        assert desk.answer.status_code == 403
