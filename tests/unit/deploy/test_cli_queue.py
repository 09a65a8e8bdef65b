"""``tirek queue``: what is due when, where, and whom to call, on a screen of 80 columns."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from deploy.cli.__main__ import app
from services.referral.cli import VERBS
from services.referral.model.options import Option

ID = "0f0e0d0c-0b0a-4908-8706-050403020100"
OFFER: dict[str, Any] = {
    "offer_id": ID,
    "status": "requested",
    "service_type": "crisis-counselling",
    "service_name": "кризисное консультирование",
    "urgency": "immediate",
    "raion": "41704245000000",
    "place": "Нарынский район",
    "time_zone": "Asia/Bishkek",
    "age_band": "30-44",
    "children": [{"band": "6-11", "count": 2}],
    "language": "ky",
    "access_needs": ["wheelchair"],
    "requested_at": "2026-11-30T08:00:00Z",
    "answer_by": "2026-11-30T08:05:00Z",
    "deadline": "2026-11-30T08:05:00Z",
    "awaits": "answer",
    "due": "2026-11-30T08:05:00Z",
    "act_within": [],
}
ACCEPTED = OFFER | {
    "status": "accepted",
    "deadline": "2026-11-30T20:35:00Z",
    "awaits": "contact",
    "due": "2026-11-30T20:35:00Z",
}
CALLS = {
    "offer_id": ID,
    "organisation": "tendesh-naryn",
    "code_ends": "QXB",
    "on_duty": [
        {
            "tier": 1,
            "duty_phones": ["+996000200100"],
            "people": [
                {"staff_id": "st-one", "name": "Гүлнара Үлгү", "desk_phone": "+996000200101"},
                {"staff_id": "st-two", "name": "Асель Үлгү", "desk_phone": None},
            ],
        }
    ],
}
EXHAUSTED: dict[str, Any] = {
    "service_request_id": "0f0e0d0c-0b0a-4908-8706-050403020101",
    "public_id": "K7M2QX",
    "service_name": "crisis counselling",
    "urgency": "immediate",
    "place": "Нарынский район",
    "raion": "41704245000000",
    "status": "active",
    "fulfilment": "exhausted",
    "opened_at": "2026-11-30T08:00:00Z",
    "act_within": ["2026-12-03T08:00:00Z"],
    "can_do": ["ask-service", "void"],
    "offers": [
        {
            "offer_id": ID,
            "organisation": "tendesh-naryn",
            "status": "expired",
            "awaits": None,
            "due": None,
        }
    ],
}
Asking = Callable[..., Result]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Asking:
    """The command, at a screen of 80 columns; referral and notify answer what is given."""

    def asked(
        *words: str, offers: Any = (), calls: Any = None, one: Any = None, **env: str
    ) -> Result:
        def answer(_method: str, url: str, **_request: Any) -> httpx.Response:
            if ":8103" in url and calls is None:
                raise httpx.ConnectError("nobody")
            if isinstance(offers, dict):
                return httpx.Response(422, json=offers)
            return httpx.Response(
                200, json=one or (calls if ":8103" in url else {"offers": offers})
            )

        monkeypatch.setattr(httpx, "request", answer)
        given = {"TIREK_TOKEN": "t", "COLUMNS": "80", "LANG": "C", "LC_ALL": "", "TIREK_LANG": ""}
        return CliRunner().invoke(app, words, env=given | env)

    return asked


def test_a_row_says_what_is_due_where_and_whom_to_call(ask: Asking) -> None:
    """Names beside codes, the zone beside times, the end of one's code; all within 80 columns."""
    result = ask("--lang", "ru", "queue", offers=[OFFER], calls=[CALLS])
    assert result.exit_code == 0, result.output
    lines = [line.strip("│┃ ") for line in result.output.splitlines()]
    text = " ".join(" ".join(lines).replace("│", " ").split())
    assert max(map(len, result.output.splitlines())) <= 80
    assert "Нарынский район (41704245000000)" in text
    assert "ждёт ответа: ответить до 30.11.2026 14:05 Asia/Bishkek" in text
    assert "30-44, ky; дети 2 × 6-11; wheelchair" in text
    assert "конец вашего кода QXB" in text
    assert "дежурит, очередь 1: +996000200100, Гүлнара Үлгү +996000200101, Асель Үлгү" in text
    assert any(line.endswith(ID) for line in lines), "the id is whole: it is what one copies"


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize("urgency", ["immediate", "high", "standard"])
def test_no_word_is_cut_in_any_language(ask: Asking, language: str, urgency: str) -> None:
    """At 80 columns; least of all how urgent it is."""
    row = OFFER | {"urgency": urgency, "public_id": "K7M2QX"}
    result = ask("--lang", language, "queue", offers=[row], calls=[CALLS])
    assert "…" not in result.output
    assert "K7M2QX" in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_an_accepted_offer_shows_the_deadline_of_the_contact(ask: Asking) -> None:
    """The answer was given: its deadline is of no use to anybody."""
    result = ask("queue", offers=[ACCEPTED], calls=[CALLS])
    text = " ".join(result.output.replace("│", " ").split())
    assert "accepted: first contact by 01.12.2026 02:35 Asia/Bishkek" in text
    assert "30.11.2026 14:05" not in text


def test_the_list_is_there_without_what_stands_beside_it(ask: Asking) -> None:
    """Notify does not answer: one line says so, and the offers are shown."""
    result = ask("queue", offers=[OFFER])
    assert result.exit_code == 0
    assert ID in result.output
    assert "notify does not answer" in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({}, "Nothing is waiting for your organisation."),
        ({"LANG": "ru_RU.UTF-8"}, "Для вашей организации ничего нет."),
        ({"TIREK_LANG": "ky"}, "Сиздин уюм үчүн эч нерсе жок."),
        ({"TIREK_LANG": "tlh"}, "Nothing is waiting for your organisation."),
    ],
)
def test_an_empty_list_says_so(ask: Asking, env: dict[str, str], said: str) -> None:
    """In the language of the terminal, or the one that is named."""
    assert ask("queue", **env).output.strip() == said


def test_one_offer_shows_its_times_on_the_countrys_clock(ask: Asking) -> None:
    """No time without a zone, no place without a name."""
    result = ask("offer", "show", ID, one=ACCEPTED)
    text = " ".join(result.output.replace("│", " ").split())
    assert "first contact by 01.12.2026 02:35 Asia/Bishkek" in text
    assert "raion Нарынский район (41704245000000)" in text
    assert "T08:00" not in text


def test_a_refusal_is_shown_as_it_was_said(ask: Asking) -> None:
    """Title and each field, a line each."""
    refusal = {
        "title": "Запрос нельзя принять в таком виде",
        "errors": [{"field": "reason", "message": "одно из: at-capacity, other"}],
    }
    result = ask("queue", offers=refusal)
    assert result.exit_code == 1
    assert "reason: одно из: at-capacity, other" in result.output


def test_one_offer_is_shown_in_the_readers_words(ask: Asking) -> None:
    """Labels, status and urgency too; nothing of how the code names them."""
    result = ask("--lang", "ru", "offer", "show", ID, one=ACCEPTED | {"late": False})
    text = " ".join(result.output.replace("│", " ").split())
    assert "состояние принято" in text
    assert "срочность экстренно" in text
    assert "первый контакт до 01.12.2026 02:35" in text
    assert "с опозданием нет" in text
    assert not {"accepted", "immediate", "False", "awaits", "due"} & set(text.split())


@pytest.mark.parametrize("act", ["accept", "ticket"])
def test_a_ticket_is_whole_on_a_line_of_its_own(ask: Asking, act: str) -> None:
    """However narrow the screen: `tirek incident read` takes all of it."""
    ticket = ".".join(["eyJ0eXAiOiJ0aXJlay10aWNrZXQi" * 9] * 3)
    one = {"ticket": ticket} if act == "ticket" else ACCEPTED | {"ticket": ticket}
    lines = ask("offer", act, ID, one=one).output.splitlines()
    assert lines[-1] == ticket
    assert all(len(line) <= 80 for line in lines[:-1])


@pytest.mark.parametrize("words", [["offer", "accept"], ["offer", "show"], ["duty"]])
@pytest.mark.parametrize("given", ["K7M2QX", "../queue", "\x01"])
def test_what_is_no_offers_id_is_told_where_it_stands(
    ask: Asking, words: list[str], given: str
) -> None:
    """The public id is what people call a case: nobody hears «not found» for it."""
    result = ask(*words, given, one=ACCEPTED)
    assert result.exit_code == 1
    assert "`tirek find` too by the public id" in result.output


def test_an_exhausted_case_says_since_when_it_waits_for_whom_and_what_to_type(ask: Asking) -> None:
    """Every act with its verb; until when help is of most use, and what each offer awaits."""
    result = ask("cases", one={"service_requests": [EXHAUSTED]})
    assert result.exit_code == 0, result.output
    text = " ".join(result.output.replace("│", " ").split())
    assert "waits since 30.11.2026 14:00 Asia/Bishkek" in text
    assert "nobody is left to ask: it waits for your decision" in text
    assert "act within 03.12.2026 14:00 Asia/Bishkek" in text
    assert "tendesh-naryn: expired" in text
    assert "→ have one more service asked tirek case ask K7M2QX" in text
    held = {"offers": [EXHAUSTED["offers"][0] | ACCEPTED], "fulfilment": "placed", "act_within": []}
    result = ask("cases", one={"service_requests": [EXHAUSTED | held]})
    text = " ".join(result.output.replace("│", " ").split())
    assert "open since 30.11.2026 14:00" in text
    assert "accepted: first contact by 01.12.2026 02:35 Asia/Bishkek" in text
    assert "waits for" not in text


@pytest.mark.parametrize("option", Option)
def test_what_can_be_done_has_a_verb(option: Option) -> None:
    """With every argument and option that it needs."""
    _, *words = VERBS[option].format(case="K7M2QX").split()
    command: Any = get_command(app)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    context = command.make_context(command.name, [*words])
    assert context.params


def test_a_token_that_no_header_carries_is_refused_in_a_line(ask: Asking) -> None:
    """Typed on another keyboard, for instance."""
    result = ask("--lang", "ru", "queue", TIREK_TOKEN="абв")
    assert result.exit_code == 1
    assert result.output.strip() == "TIREK_TOKEN: есть буквы, кроме латинских"
