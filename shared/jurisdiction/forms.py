"""``forms.yaml``: the codes that a report takes, in the words with which people are asked.

Which codes there are is the service's own; what the file does not name is shown as its code.
"""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import Field

from shared.jurisdiction.config_files import FromFile
from shared.jurisdiction.policies import DEFAULT, Span
from shared.jurisdiction.profile import NamesByLanguage

Labels = dict[str, NamesByLanguage]
UNNAMED: Labels = {}


class Forms(FromFile):
    """Words by code. ``recipients``: the question, by kind of organisation. ``scopes``: the groups
    that are ticked at first, by service type. ``consent_for``: how long a consent is asked for."""

    consent_for: Span = timedelta(days=30)
    recipients: Labels = UNNAMED
    groups: Labels = UNNAMED
    scopes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    purposes: Labels = UNNAMED
    given_by: Labels = UNNAMED
    how: Labels = UNNAMED
    reporters: Labels = UNNAMED
    received_by: Labels = UNNAMED
    relations: Labels = UNNAMED
    safe_contact: Labels = UNNAMED
    exclusions: Labels = UNNAMED
    days: Labels = UNNAMED

    def scope(self, service_type: str) -> tuple[str, ...]:
        """What is ticked at first for a need."""
        return self.scopes.get(service_type, self.scopes.get(DEFAULT, ()))


def named(labels: Mapping[str, Mapping[str, str]], code: str, language: str) -> str:
    """A code in words: in ``language``, else in any that there is, else the code itself."""
    names = labels.get(code, {})
    return names.get(language) or next(iter(names.values()), code)
