"""Configuration that stands in files: read once, at start, into frozen values.

A file that cannot be right stops the process with one line that names the file and the field.
"""

import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.complaints import plain
from shared.errors import Halt


class BadFile(Halt):
    """A configuration file is missing, unreadable, or says something that cannot be."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class FromFile(BaseModel):
    """A frozen piece of a configuration file. A word it does not know is a mistake, not a hint."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Model = TypeVar("Model", bound=FromFile)


_DIGITS = 40
"""Of the longest number: sexagesimal ones would cost the square of their length."""


class _Plain(yaml.SafeLoader):
    """Safe YAML, plain: what it says is no longer than the text.

    An alias is an error, because ten lines of them can say more than any memory holds. So is a key
    given twice: the second would win in silence.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias is not taken", mark)
        return super().compose_node(parent, index)

    def construct_number(self, node: yaml.ScalarNode) -> int | float:
        if len(node.value) > _DIGITS:
            raise yaml.constructor.ConstructorError(
                None, None, f"a number of more than {_DIGITS} digits", node.start_mark
            )
        whole = node.tag.endswith(":int")
        return self.construct_yaml_int(node) if whole else self.construct_yaml_float(node)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            spelt = str(key.value)  # of a list too, which YAML itself then refuses as a key
            if spelt in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{spelt!r} stands twice", key.start_mark
                )
            seen.add(spelt)
        return super().construct_mapping(node, deep)


for _tag in ("int", "float"):
    _Plain.add_constructor(f"tag:yaml.org,2002:{_tag}", _Plain.construct_number)


def read_text(path: Path) -> str:
    """The file's text; raises `BadFile` when it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadFile(path, f"cannot be read: {problem}") from problem


def read_yaml(path: Path, model: type[Model]) -> Model:
    """A YAML file as ``model``. Dates, times and durations are ISO 8601 text.

    It goes through JSON, because pydantic's strict mode takes ISO text from JSON only: so
    ``PT5M`` is a duration, and an unquoted ``NO`` (false, in YAML) is refused where text is due.
    """
    try:
        raw = parse_yaml(read_text(path), path)
        return model.model_validate_json(json.dumps(raw, default=str))
    except ValidationError as problem:
        raise BadFile(path, explain(problem)) from problem


def parse_yaml(text: str, path: Path) -> Any:
    """What a YAML text says; raises `BadFile`, naming ``path``, when it is none."""
    try:
        return yaml.load(text, Loader=_Plain)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as problem:
        # without the line itself, which may be somebody's words
        mark = problem.problem_mark
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise BadFile(path, f"is not YAML: {problem.problem}{where}") from None
    except yaml.YAMLError as problem:
        raise BadFile(path, f"is not YAML: {problem}") from None
    except ValueError:
        raise BadFile(path, "is not YAML: a date or number that cannot be") from None
    except RecursionError:
        raise BadFile(path, "is not YAML: it is nested too deeply") from None


def explain(problem: ValidationError) -> str:
    """Every complaint of a validation, as ``field: what is wrong``."""
    return "; ".join(
        f"{'.'.join(str(part) for part in complaint['loc']) or 'file'}: {plain(complaint)}"
        for complaint in problem.errors()
    )
