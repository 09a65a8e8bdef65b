"""Owners of the phones and mailboxes: people of the samples, so that a reader knows whose it is."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


def owner(contact: str) -> str:
    """``Name, Organisation`` of who has this phone or address in the samples; empty for others."""
    return _owners().get(contact, "")


@cache
def _owners() -> dict[str, str]:
    directory, register = _sample("directory.yaml"), _sample("people.yaml")
    names = {each["id"]: each["name"] for each in directory["organizations"]}
    return {
        contact: f"{person['name']}, {names.get(person['organisation'], person['organisation'])}"
        for person in register["people"]
        for contact in (person.get("phone"), person.get("email"))
        if contact
    }


def _sample(name: str) -> Any:
    return yaml.safe_load((files("deploy.samples") / name).read_text(encoding="utf-8"))
