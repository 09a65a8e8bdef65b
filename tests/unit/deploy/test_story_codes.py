"""The cast reads an alert as a person does: the words to answer with, and the code."""

import pytest

from deploy.demo.story.codes import codes_in, reply_words
from shared.events.words import Answer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Tirek: ӨТӨ ТЕЗ! Жооп 23:44 чейин: ООБА/ЖОК/КӨРДҮМ 43435B2", "ООБА ЖОК КӨРДҮМ"),
        ("Kezek: Срочно. Ответ до 23:44: БЕРУ/НЕТ/ПОЛУЧИЛ 566KKCH", "БЕРУ НЕТ ПОЛУЧИЛ"),
        ("Tirek: Urgent. Answer by 23:44: YES, NO or SEEN 566KKCH", "YES NO SEEN"),
    ],
)
def test_an_alert_offers_its_words(text: str, words: str) -> None:
    """In the order yes, no, seen, in every language of the country."""
    found = reply_words(text)
    assert found is not None
    assert list(found) == [Answer.ACCEPT, Answer.REJECT, Answer.RECEIVED]
    assert list(found.values()) == words.split()
    assert len(codes_in(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Tirek: 566KKCH: вы приняли. Подробности в системе.",
        "Tirek: T7T9XPP: башкалар кабыл алды. Эми керек эмес.",
        "Kezek: K7M4P2: никто не взял, решать вам. Откройте список.",
    ],
)
def test_what_asks_nothing_offers_none(text: str) -> None:
    """Confirmations and notices are read and not answered."""
    assert reply_words(text) is None
