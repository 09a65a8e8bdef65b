"""Keys change under running processes, and nobody ever seals what somebody cannot read."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.operations import sealing_keys
from deploy.provision import secrets
from deploy.topology import SERVICES
from tests.support.rotation import FILES, World, world

services = st.sampled_from(SERVICES)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("step"), services),
        st.tuples(st.just("rotate"), services),
        st.tuples(st.just("kill")),
        st.tuples(st.just("restart")),
        st.tuples(st.just("tick")),
        st.tuples(st.just("copy"), services, st.sampled_from(FILES)),
        st.tuples(st.just("seal"), services, st.lists(services, min_size=1, unique=True)),
        st.tuples(st.just("open")),
    ),
    max_size=40,
)


def play(world: World, acts: list[tuple[Any, ...]]) -> Iterator[int]:
    """Does what the acts say; answers, whenever all is opened, how much has to wait."""
    for name, *details in acts:
        match name:
            case "restart":  # of a whole stack: it makes what is missing of its key files
                world.kill()
                secrets.key_files(world.desk)
            case "tick":
                world.seconds += 1
            case "open":
                yield world.open_all()
            case _:
                getattr(world, name)(*details)


@settings(max_examples=80, deadline=None)
@given(acts=ACTS)
def test_on_one_machine_everything_opens_at_every_moment(acts: list[tuple[Any, ...]]) -> None:
    """Whatever phase a rotation is in, wherever it was killed, however late somebody looks."""
    with world(one_machine=True) as one:
        assert not any(play(one, acts))
        assert one.open_all() == 0


@settings(max_examples=80, deadline=None)
@given(acts=ACTS)
def test_on_many_machines_what_waits_for_a_key_opens_when_it_has_come(
    acts: list[tuple[Any, ...]],
) -> None:
    """Files arrive in any order: nothing is ever unreadable, and in the end nothing waits."""
    with world(one_machine=False) as many:
        list(play(many, acts))
        many.finish()
        many.copy_all()
        for producer in SERVICES:
            many.seal(producer, list(SERVICES))
        assert many.open_all() == 0


@given(kills=st.lists(st.integers(1, 4), max_size=5))
@settings(max_examples=30, deadline=None)
def test_a_killed_rotation_goes_on_where_it_stopped(kills: list[int]) -> None:
    """It makes one key, however often it is killed, and everybody uses that in the end."""
    with world(one_machine=True) as one:
        for steps in kills:
            rotation = sealing_keys.rotate(one.desk, "intake")
            for _ in zip(range(steps), rotation, strict=False):
                pass
            rotation.close()  # type: ignore[attr-defined]  # a generator: what kill -9 leaves
            if not any(each.lacking for each in sealing_keys.standings(one.desk)):
                return
        list(sealing_keys.rotate(one.desk, "intake"))
        found = {each.kid: each.state for each in sealing_keys.standings(one.desk)}
        assert found == {
            "intake.2": "in use", "intake.1": "readable",
            "referral.1": "in use", "notify.1": "in use", "console.1": "in use",
            "committee.1": "in use",
            "audit.1": "in use",
        }  # fmt: skip
