"""A running process and its key files: what it takes up, waits for, refuses and survives."""

import json

import pytest
import structlog

from deploy.operations import sealing_keys
from deploy.provision import secrets
from shared.errors import RetryLater, Unavailable
from shared.events.services import SERVICES
from shared.key_files import KeyFileError, b64, generation
from shared.security.keyring import PRIVATE_FILE, PUBLIC_FILE
from shared.security.sealing import CannotOpen, Sealer
from tests.support.rotation import FILES, rotated, skid, without, world


def test_a_running_producer_uses_a_new_key_within_a_second_and_not_before_all_have_it() -> None:
    """The last phase is the one that counts."""
    with world(one_machine=True) as one:
        rotation = sealing_keys.rotate(one.desk, "intake")
        seen = []
        for _ in rotation:
            one.seconds += 1
            seen.append(skid(one.sealers["intake"].seal(b"x", ["referral"])))
        assert seen == [*["intake.1"] * len(SERVICES), "intake.2"]


def test_a_key_newer_than_any_that_is_held_is_waited_for() -> None:
    """The reader's private half, or the producer's public one, is still on its way."""
    with world(one_machine=True) as one:
        reader, own = one.sealers["referral"], one.desk / "referral"
        rotated(one, "intake")
        rotated(one, "referral")
        sealed = one.sealers["intake"].seal(b"x", ["referral"])
        whole = {name: (own / name).read_bytes() for name in FILES}
        for name, kid in ((PRIVATE_FILE, "referral.2"), (PUBLIC_FILE, "intake.2")):
            without(own / name, kid)
            late = Sealer.from_directory("referral", own)
            with pytest.raises(RetryLater, match="sealing key"):
                late.open(sealed, by="intake")
            (own / name).write_bytes(whole[name])
            assert late.open(sealed, by="intake") == reader.open(sealed, by="intake") == b"x"


def test_a_public_key_of_ours_that_came_before_its_private_half_is_not_used() -> None:
    """Whoever copies files between machines may copy them in any order."""
    with world(one_machine=False) as many:
        many.rotate("intake")
        seen = []
        for name in (PUBLIC_FILE, PRIVATE_FILE):
            many.copy("intake", name)
            many.seconds += 1
            seen.append(skid(many.sealers["intake"].seal(b"x", ["referral"])))
        assert seen == ["intake.1", "intake.2"]


def test_a_service_whose_keys_are_not_here_at_all_is_waited_for() -> None:
    """But only a service of ours: anybody else's name waits for a person, not for a file."""
    with world(one_machine=True) as one:
        sealed = one.sealers["intake"].seal(b"x", ["referral"])
        without(one.desk / "referral" / PUBLIC_FILE, "intake.1")
        late = Sealer.from_directory("referral", one.desk / "referral")
        with pytest.raises(RetryLater, match="sealing key"):
            late.open(sealed, by="intake")
        strange = json.loads(sealed)
        strange["protected"] = b64(b'{"enc":"A256GCM","skid":"elsewhere.1"}')
        with pytest.raises(CannotOpen):
            late.open(json.dumps(strange).encode(), by="elsewhere")


def test_a_key_older_than_those_that_are_held_is_gone() -> None:
    """Retired, whether it was the reader's or the producer's: a person must look."""
    with world(one_machine=True) as one:
        sealed = one.sealers["intake"].seal(b"x", ["referral"])
        rotated(one, "intake")
        rotated(one, "referral")
        for kid in ("intake.1", "referral.1"):
            list(sealing_keys.retire(one.desk, kid))
            own = one.desk / "referral"
            with pytest.raises(CannotOpen, match="retired"):
                Sealer.from_directory("referral", own).open(sealed, by="intake")
            list(sealing_keys.restore(one.desk, kid))
            assert Sealer.from_directory("referral", own).open(sealed, by="intake") == b"x"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("text", ["", "{}", '{"keys": []}', '{"keys": [{"kid": "referral.x"}]}'])
def test_a_broken_file_changes_nothing_and_is_said_once(name: str, text: str) -> None:
    """A process goes on with the keys it has; a new one does not start."""
    with world(one_machine=True) as one, structlog.testing.capture_logs() as logs:
        sealed = one.sealers["intake"].seal(b"x", ["referral"])
        path = one.desk / "referral" / name
        before = path.read_text()
        path.write_text(text)
        for _ in range(3):
            one.seconds += 1
            one.sealers["referral"].seal(b"y", ["intake"])
            assert one.sealers["referral"].open(sealed, by="intake") == b"x"
        assert [each["event"] for each in logs] == ["sealing.keys_broken"]
        assert str(path) in logs[0]["reason"]
        with pytest.raises(KeyFileError, match=str(path)):
            Sealer.from_directory("referral", one.desk / "referral")
        path.write_text(before)
        rotated(one, "referral")
        assert skid(one.sealers["referral"].seal(b"y", ["intake"])) == "referral.2"


def test_a_missing_file_changes_nothing() -> None:
    """It may be in the middle of being replaced, by whatever distributes keys."""
    with world(one_machine=True) as one:
        sealed = one.sealers["intake"].seal(b"x", ["referral"])
        (one.desk / "referral" / PRIVATE_FILE).unlink()
        one.seconds += 1
        one.sealers["referral"].seal(b"y", ["intake"])
        assert one.sealers["referral"].open(sealed, by="intake") == b"x"


def test_whoever_seals_for_a_service_without_a_key_is_told_to_try_again() -> None:
    """A caller over HTTP hears 503, never that something waits."""
    with world(one_machine=True) as one:
        without(one.desk / "intake" / PUBLIC_FILE, "notify.1")
        one.seconds += 1
        with pytest.raises(Unavailable, match="a public sealing key of notify"):
            one.sealers["intake"].seal(b"x", ["notify"])


def test_a_start_of_the_stack_takes_no_phase_that_puts_a_key_in_use() -> None:
    """It gives every reader what it lacks; the rotation is finished by its own command."""
    with world(one_machine=True) as one:
        next(rotation := sealing_keys.rotate(one.desk, "intake"))
        del rotation
        secrets.key_files(one.desk)
        found = {each.kid: each for each in sealing_keys.standings(one.desk)}
        assert found["intake.2"].state == "on its way"
        assert found["intake.2"].lacking == ("intake",)
        assert found["intake.1"].state == "in use"


@pytest.mark.parametrize("kid", ["intake", "intake.", ".1", "intake.0", "intake.01", "intake.-1"])
def test_a_key_has_a_service_and_a_number(kid: str) -> None:
    """Counted from 1."""
    with pytest.raises(ValueError, match="service"):
        generation(kid)
