"""Policy profiles: every number, date and switch with the clause it rests on.

A profile is a TOML file: those of the project stand beside this module, anyone's own may ``extends`` one of them and set only
what differs. Loading refuses what is unknown, of a wrong unit or type, out of range or contradictory, and names the key.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from graph.errors import ProfileError, in_chinese
from graph.model import iso
from graph.policy.overrides import overridden
from graph.policy.parts import Parts
from graph.policy.reading import TOP_KEYS, Faults, Setting, did_you_mean, parse, settings
from graph.policy.rules import Definition, Milestone, Option, Rule, Undefined
from graph.policy.settings import (
    SECTIONS,
    SPECS,
    Audit,
    Coverage,
    Disclosure,
    Formation,
    Ledgers,
    contradictions,
)

DEFAULT = "wuhan-2016"


@dataclass(frozen=True)
class Profile:
    """A checked profile.

    Attributes
    ----------
    name, title_zh, title_en, source : str
    formation, ledgers, coverage, audit, disclosure : dataclasses
        The values by section (:mod:`graph.policy.settings`).
    settings : mapping of key to Setting
        The same values with unit, clause and whether they are chosen.
    deadlines : mapping of clause to dates
        ``yyyymmdd``, ascending; of two, the first is the responsible party's, the second the goal's (S40).
    chosen_deadlines : mapping of clause to Setting
        Those of them that no clause gives: dates in ISO 8601, on what grounds they were chosen.
    semi_monthly : tuple of int
        Due dates of the reports (S47).
    milestones, departments, definitions, undefined, rules, options
        As their classes say; ``departments`` names who answers for a category (S44).
    overridden : mapping of key to value
        What the caller set (``--set``).
    """

    name: str
    title_zh: str
    title_en: str
    source: str
    formation: Formation
    ledgers: Ledgers
    coverage: Coverage
    audit: Audit
    disclosure: Disclosure
    settings: Mapping[str, Setting]
    deadlines: Mapping[str, tuple[int, ...]]
    chosen_deadlines: Mapping[str, Setting]
    semi_monthly: tuple[int, ...]
    milestones: tuple[Milestone, ...]
    departments: Mapping[str, str]
    definitions: Mapping[str, Definition]
    undefined: tuple[Undefined, ...]
    rules: Mapping[str, Rule]
    options: Mapping[str, Option]
    overridden: Mapping[str, Any]

    @property
    def gbt4754_edition(self) -> str:
        """Edition of an 行业代码 whose row names none."""
        return self.ledgers.gbt4754_edition

    @property
    def datum(self) -> str:
        """Datum of coordinates whose row names none."""
        return self.ledgers.datum

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """The city: ``(lon_min, lat_min, lon_max, lat_max)``, WGS84."""
        return self.ledgers.extent

    @property
    def coverage_definition(self) -> str:
        """The definition that a rate without a name means."""
        return self.coverage.coverage_definition

    @property
    def functional_counts(self) -> bool:
        """Whether functional units count as coverage."""
        return self.coverage.functional_counts

    @property
    def eligible(self) -> int:
        """Formal members from which an organization of the base is eligible (S2)."""
        return self.coverage.eligible_min_members

    @property
    def chosen(self) -> list[tuple[str, Any, dict[str, str]]]:
        """The values that a person chose: (key, value, why in ``zh`` and ``en``), printed on every report."""
        return [
            (s.key, s.value, {"zh": s.why_zh, "en": s.why_en})
            for s in self.settings.values()
            if s.chosen
        ]

    def as_json(self) -> dict[str, Any]:
        """Return all of it (dates as ISO 8601), for ``profile show --json``."""

        def shown(key: str, value: Any) -> Any:
            if SPECS[key][1].type == "date":
                return iso(value)
            return list(value) if isinstance(value, tuple) else value

        return {
            "name": self.name,
            "title": {"zh": self.title_zh, "en": self.title_en},
            "source": self.source,
            "settings": {
                s.key: {
                    "section": s.section,
                    "value": shown(s.key, s.value),
                    "unit": s.unit,
                    "clause": s.clause,
                    "chosen": s.chosen,
                    "text": {"zh": s.zh, "en": s.en},
                    "why": {"zh": s.why_zh, "en": s.why_en},
                }
                for s in self.settings.values()
            },
            "deadlines": {c: [iso(d) for d in dates] for c, dates in self.deadlines.items()},
            "chosen_deadlines": {c: s.told() for c, s in self.chosen_deadlines.items()},
            "semi_monthly": [iso(d) for d in self.semi_monthly],
            "milestones": [
                dataclasses.asdict(m) | {"start": iso(m.start), "end": iso(m.end)}
                for m in self.milestones
            ],
            "departments": dict(self.departments),
            "definitions": {d.id: dataclasses.asdict(d) for d in self.definitions.values()},
            "undefined": [dataclasses.asdict(u) | {"keys": list(u.keys)} for u in self.undefined],
            "rules": [
                dataclasses.asdict(r)
                | {"keys": list(r.keys), "by": list(r.by), "due": [iso(d) for d in r.due]}
                for r in self.rules.values()
            ],
            "options": [
                {f.name: getattr(o, f.name) for f in dataclasses.fields(o)} | {"sets": dict(o.sets)}
                for o in self.options.values()
            ],
            "overridden": {key: shown(key, self.settings[key].value) for key in self.overridden},
        }


# -- loading ---------------------------------------------------------------------------------------------------------


def names() -> list[str]:
    """Return the names of the project's own profiles, sorted."""
    folder = files("graph.policy")
    return sorted(f.name[: -len(".toml")] for f in folder.iterdir() if f.name.endswith(".toml"))


def load(
    name_or_path: str | Path = DEFAULT, overrides: Mapping[str, object] | None = None
) -> Profile:
    """Return a checked profile.

    Parameters
    ----------
    name_or_path : str or Path
        One of :func:`names`, or a TOML file.
    overrides : mapping, optional
        Values by key (``radius``, ``formation.radius``), or ``O3``/``options.O3`` with true or false; texts are read by the key's
        type, as from ``--set KEY=VALUE``. What differs from the file is listed as chosen.

    Raises
    ------
    ProfileError
        For the first fault, with how many more there are; :func:`check` returns all.
    """
    if not overrides and str(name_or_path) in names():
        return _unchanged(str(name_or_path))
    profile, faults = _read(name_or_path, overrides)
    if profile is None:
        first = faults[0]
        more = len(faults) - 1
        if not more:
            raise first
        raise ProfileError(
            f"{first.en} (and {more} more: lianjian profile check {name_or_path})",
            f"{first.zh}（另有 {more} 处：lianjian profile check {name_or_path}）",
        )
    return profile


def check(
    name_or_path: str | Path, overrides: Mapping[str, object] | None = None
) -> list[ProfileError]:
    """Return everything that is wrong with a profile; empty where it loads.

    Raises
    ------
    ProfileError
        There is none, or it can't be read: nothing was checked.
    """
    _bytes(name_or_path)
    return _read(name_or_path, overrides)[1]


def template(name: str, new_name: str) -> str:
    """Return the text of a profile file that extends ``name``: every value there to be changed, as a comment.

    It loads as it is, and is then the same as what it extends.

    Raises
    ------
    ProfileError
        ``name`` can't be loaded, or ``new_name`` is one of the project's own.
    """
    if new_name in names():
        raise ProfileError(
            f"{new_name} is a profile of the project; choose another name",
            f"{new_name} 是自带的规则档案，请另取名称",
        )
    profile = load(name)
    base = name if name in names() else str(Path(name).resolve())
    out = [
        f"name = {_toml(new_name)}",
        f"extends = {_toml(base)}",
        "",
        "# Take away the # before a line to change its value, and say on what grounds (why_zh, why_en).",
        "# 去掉行首的 # 即可修改，并注明依据（why_zh、why_en）。",
    ]
    for section in SECTIONS:
        out += ["", f"[{section}]"]
        for setting in profile.settings.values():
            if setting.section == section:
                clause = f" ({setting.clause})" if setting.clause else ""
                out += [f"# {setting.zh} · {setting.en}{clause}", f"# {_entry(setting)}"]
    out += ["", "[options]"]
    for option in profile.options.values():
        if option.sets:
            out += [f"# {option.text_zh} · {option.text_en}", f"# {option.id} = {{ on = true }}"]
    return "\n".join(out) + "\n"


def _entry(setting: Setting) -> str:
    value = (
        "unset = true" if setting.value is None else f"value = {_toml(setting.value, setting.key)}"
    )
    unit = f', unit = "{setting.unit}"' if setting.unit and setting.value is not None else ""
    return f'{setting.key} = {{ {value}{unit}, why_zh = "", why_en = "" }}'


def _toml(value: Any, key: str | None = None) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if key is not None and SPECS[key][1].type == "date":
        return str(iso(value))
    if isinstance(value, str):
        text = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{text}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return str(value)


@cache
def _unchanged(name: str) -> Profile:
    """Return one of the project's own as it stands: nobody can change it while the program runs."""
    profile, faults = _read(name, None)
    if profile is None:
        raise faults[0]
    return profile


@cache
def _built_in(name: str) -> bytes:
    return files("graph.policy").joinpath(f"{name}.toml").read_bytes()


def _bytes(name_or_path: str | Path) -> bytes:
    name = str(name_or_path)
    if name in names():
        return _built_in(name)
    path = Path(name)
    if not path.is_file():
        guess = did_you_mean(name, names())
        raise ProfileError(
            f"profile {name}: neither a file nor a name; "
            + (f"did you mean {guess}?" if guess else f"names: {', '.join(names())}"),
            f"规则档案 {name}：既不是文件，也不是名称；"
            + (f"是否指 {guess}？" if guess else f"可用名称：{'、'.join(names())}"),
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise ProfileError(
            f"profile {name}: can't be read ({error.strerror})",
            f"规则档案 {name}：无法读取（{in_chinese(error)}）",
        ) from None


def _read(
    name_or_path: str | Path, overrides: Mapping[str, object] | None, below: tuple[str, ...] = ()
) -> tuple[Profile | None, list[ProfileError]]:
    faults = Faults(str(name_or_path))
    try:
        raw = parse(_bytes(name_or_path), str(name_or_path))
        base = _base(raw, name_or_path, (*below, str(name_or_path)), faults)
    except ProfileError as error:
        return None, [error]
    for key in raw:
        if key not in TOP_KEYS:
            faults.unknown("key", key, TOP_KEYS)
    values = settings(raw, base.settings if base else None, faults)
    parts = Parts(raw, base, faults)
    options = parts.options()
    given: dict[str, Any] = {}
    if not faults.errors:
        values, options, given = overridden(values, options, raw, overrides or {}, faults)
    if not faults.errors:
        plain = {key: s.value for key, s in values.items()}
        for key, en, zh in contradictions(plain):
            faults.add(f"{SPECS[key][0]}.{key}: {en}", f"{SPECS[key][0]}.{key}：{zh}")
    rules = parts.rules()
    known = {*rules, *options}
    for key, s in values.items():
        if s.clause is not None and s.clause not in known:
            faults.unknown(f"clause of {s.section}.{key}:", s.clause, known)
    definitions, undefined = parts.definitions(known), parts.undefined()
    milestones, (deadlines, chosen) = parts.milestones(rules), parts.deadlines(known)
    departments, semi_monthly = parts.departments(), parts.semi_monthly()
    if faults.errors:
        return None, faults.errors
    rules = {r.id: dataclasses.replace(r, due=deadlines.get(r.id, ())) for r in rules.values()}
    made = {
        section: cls(**{f.name: values[f.name].value for f in dataclasses.fields(cls)})
        for section, cls in SECTIONS.items()
    }
    return Profile(
        name=str(raw.get("name") or faults.name),
        title_zh=parts.text("title_zh"),
        title_en=parts.text("title_en"),
        source=parts.text("source"),
        **made,
        settings=MappingProxyType({key: values[key] for key in SPECS}),
        deadlines=MappingProxyType(deadlines),
        chosen_deadlines=MappingProxyType(chosen),
        semi_monthly=semi_monthly,
        milestones=milestones,
        departments=MappingProxyType(departments),
        definitions=MappingProxyType(definitions),
        undefined=undefined,
        rules=MappingProxyType(rules),
        options=MappingProxyType(options),
        overridden=MappingProxyType(given),
    ), []


def _base(
    raw: Mapping[str, Any], at: str | Path, below: tuple[str, ...], faults: Faults
) -> Profile | None:
    """Return the profile that a file extends, ``None`` where it stands alone."""
    named = raw.get("extends")
    if named is None:
        return None
    if not isinstance(named, str):
        faults.add("extends has to be a profile's name or a file", "extends 应为规则档案名称或文件")
        return load()
    base: str | Path = named
    if named not in names() and not Path(named).is_absolute():
        base = Path(at).parent / named  # a file beside this one
        if not base.is_file():
            base = named
    if str(base) in below:
        raise ProfileError(
            f"profile {at}: extends itself through {' → '.join((*below, str(base)))}",
            f"规则档案 {at}：循环引用 {' → '.join((*below, str(base)))}",
        )
    profile, errors = _read(base, None, below)
    if profile is None:
        raise errors[0]
    return profile
