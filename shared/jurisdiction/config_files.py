"""Configuration that stands in files: read into frozen values, whoever saved them.

A file that cannot be right is one line that names the file, the field and the line it stands in.
"""

import csv
import io
import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
MARK = "\ufeff"
"""What Windows programs put before UTF-8."""
_DELIMITERS = (",", ";", "\t")


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
    """The file's text; raises `BadFile` when it cannot be read as UTF-8.

    `MARK` is read away.
    """
    try:
        return path.read_text(encoding="utf-8").removeprefix(MARK)
    except UnicodeDecodeError as problem:
        raise BadFile(path, "is not UTF-8: save it as «CSV UTF-8» or «UTF-8»") from problem
    except OSError as problem:
        raise BadFile(path, f"cannot be read: {problem.strerror}") from problem


def read_yaml(path: Path, model: type[Model]) -> Model:
    """A YAML file as ``model``. Dates, times and durations are ISO 8601 text.

    It goes through JSON, because pydantic's strict mode takes ISO text from JSON only: so
    ``PT5M`` is a duration, and an unquoted ``NO`` (false, in YAML) is refused where text is due.
    """
    text = read_text(path)
    try:
        return model.model_validate_json(json.dumps(parse_yaml(text, path), default=str))
    except ValidationError as problem:
        raise BadFile(path, explain(problem, text)) from problem


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


def explain(problem: ValidationError, text: str = "") -> str:
    """Every complaint of a validation, as ``field: what is wrong (line 12)``; ``text`` is YAML."""
    return "; ".join(
        f"{'.'.join(str(part) for part in complaint['loc']) or 'file'}: {plain(complaint)}"
        f"{_line(text, complaint['loc'])}"
        for complaint in problem.errors()
    )


def at_line(path: Path, problem: str, where: Sequence[str | int] | None = None) -> BadFile:
    """What is wrong with a YAML file that could be read, with the line.

    ``where`` it is wrong, as ``("signs", 3, "id")``; absent, it is what ``problem`` begins with.
    """
    field = problem.partition(":")[0].split(".") if where is None else where
    return BadFile(path, problem + _line(read_text(path), field))


def _line(text: str, where: Sequence[str | int]) -> str:
    """`` (line 12)`` of the nearest thing that stands there; nothing for a text that has none."""
    try:
        node = yaml.compose(text, Loader=_Plain) if text else None
    except yaml.YAMLError:  # it was saved again meanwhile
        return ""
    line = None
    for part in where:
        found = _within(node, part)
        if found is None:
            break
        line, node = found
    return "" if line is None else f" (line {line})"


def _within(node: yaml.Node | None, part: str | int) -> tuple[int, yaml.Node] | None:
    """The line, from 1, and the value of a key or of a position."""
    pairs: list[tuple[yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        pairs = [(key, value) for key, value in node.value if key.value == str(part)]
    elif isinstance(node, yaml.SequenceNode) and str(part).isdigit():
        pairs = [(each, each) for each in node.value[int(part) :][:1]]
    return next(((key.start_mark.line + 1, value) for key, value in pairs), None)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a CSV file, by column; ``line`` is where it ends, from 1."""

    line: int
    values: Mapping[str, str]


def read_csv(path: Path, columns: Iterable[str]) -> list[Row]:
    """The rows of a CSV file with a head, as spreadsheets save it too. Raises `BadFile`.

    Between values stands whichever of ``,``, ``;`` and the tab the head has most. Rows that are
    empty, as below a table, are none.
    """
    text = read_text(path)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[Row] = []
    head: list[str] = []
    try:
        for line in lines:
            values = [value.strip() for value in line]
            if not any(values):
                continue
            if not head:
                head = values
                if twice := {each for each in head if each and head.count(each) > 1}:
                    raise BadFile(path, f"columns stand twice: {', '.join(sorted(twice))}")
                continue
            if len(values) != len(head):
                raise BadFile(
                    path,
                    f"has {len(values)} values for {len(head)} columns (line {lines.line_num})",
                )
            rows.append(Row(lines.line_num, dict(zip(head, values, strict=True))))
    except csv.Error as problem:
        raise BadFile(path, f"is not CSV: {problem} (line {lines.line_num})") from None
    if missing := set(columns) - set(head):
        raise BadFile(path, f"columns missing: {', '.join(sorted(missing))}")
    return rows


def _delimiter(text: str) -> str:
    head = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=head.count)
