"""Keyed digests: a service can tell whom an incident excludes, and nobody without the key can."""

from hypothesis import given
from hypothesis import strategies as st

from shared.security.excluded_staff import Digests

OLD, NEW = b"o" * 32, b"n" * 32
ids = st.text(min_size=1, max_size=20)
tags = st.sets(st.text(min_size=1, max_size=32), max_size=6)


@given(ids, tags, tags)
def test_an_incident_excludes_whoever_shares_a_tag(
    incident: str, theirs: set[str], mine: set[str]
) -> None:
    """And nobody else."""
    digests = Digests((NEW,))
    carried = digests.of(incident, theirs)
    assert digests.hit(incident, mine, carried) == (not theirs.isdisjoint(mine))


@given(ids, tags)
def test_an_old_case_stays_hidden_after_a_new_key(incident: str, theirs: set[str]) -> None:
    """Keys are added in front; what was made under an older one is still found."""
    carried = Digests((OLD,)).of(incident, theirs)
    assert Digests((NEW, OLD)).hit(incident, theirs, carried) == bool(theirs)


@given(ids, ids, tags)
def test_digests_of_two_incidents_cannot_be_compared(one: str, two: str, theirs: set[str]) -> None:
    """The incident is in them: nobody learns that two cases are about one person."""
    digests = Digests((NEW,))
    if one != two:
        assert set(digests.of(one, theirs)).isdisjoint(digests.of(two, theirs))


@given(ids, tags)
def test_without_the_key_a_digest_says_nothing(incident: str, theirs: set[str]) -> None:
    """Another key makes others."""
    carried = Digests((NEW,)).of(incident, theirs)
    assert not Digests((OLD,)).hit(incident, theirs, carried)
