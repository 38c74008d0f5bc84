"""Values that options and the caller (``--set KEY=VALUE``) put in the place of a profile's own."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from graph.policy.reading import BadValueError, Faults, Setting, checked, from_text
from graph.policy.rules import Option
from graph.policy.settings import SPECS

_SWITCH = {"true": True, "yes": True, "on": True, "1": True, "是": True} | dict.fromkeys(
    ("false", "no", "off", "0", "否"), False
)


def overridden(
    values: Mapping[str, Setting],
    options: Mapping[str, Option],
    raw: Mapping[str, Any],
    overrides: Mapping[str, object],
    faults: Faults,
) -> tuple[dict[str, Setting], dict[str, Option], dict[str, Any]]:
    """Return values, options and what the caller set, after options were switched and overrides taken.

    An option that is on sets its values; the file or the caller that sets one of them otherwise contradicts it, and so does
    another option that is on.
    """
    out, switched = dict(values), dict(options)
    given: dict[str, Any] = {}
    for name, value in overrides.items():
        section, _, bare = name.rpartition(".")
        if bare in options and section in ("", "options"):
            on = _SWITCH.get(str(value).strip().lower())
            if on is None:
                faults.add(
                    f"{name} = {value} has to be true or false",
                    f"{name} = {value} 应为 true 或 false",
                )
            else:
                switched[bare] = dataclasses.replace(options[bare], on=on)
                given[bare] = on
        elif bare not in SPECS or section not in ("", SPECS[bare][0]):
            faults.unknown(
                "key", name, [*SPECS, *(f"{s}.{k}" for k, (s, _) in SPECS.items()), *options]
            )
        else:
            spec = SPECS[bare][1]
            try:
                if value is None and spec.optional:
                    new = None
                else:
                    new = from_text(value, spec) if isinstance(value, str) else checked(value, spec)
            except BadValueError as error:
                faults.add(f"{name} = {value} {error.en}", f"{name} = {value} {error.zh}")
                continue
            if bare in given and given[bare] != new:
                faults.add(f"{name} is set twice", f"{name} 设定了两次")
            given[bare] = new
            if new != out[bare].value:
                out[bare] = dataclasses.replace(
                    out[bare],
                    value=new,
                    chosen=True,
                    why_zh="由使用者设定",
                    why_en="set by the caller",
                )
    _apply(out, switched, {*given, *_keys_set(raw)}, faults)
    return out, switched, given


def _keys_set(raw: Mapping[str, Any]) -> set[str]:
    """Return the keys that an extending file sets itself (one that stands alone sets all, as defaults)."""
    if "extends" not in raw:
        return set()
    sections = {section for section, _ in SPECS.values()}
    return {key for section in sections for key in raw.get(section, {})}


def _apply(
    out: dict[str, Setting], options: Mapping[str, Option], fixed: set[str], faults: Faults
) -> None:
    by: dict[str, Option] = {}
    for option in options.values():
        if not option.on:
            continue
        if not option.sets:
            faults.add(
                f"option {option.id} can't be switched on: {option.reason_en}",
                f"选项 {option.id} 不能启用：{option.reason_zh}",
            )
        for key, value in option.sets.items():
            other = by.setdefault(key, option)
            if other is not option and other.sets[key] != value:
                faults.add(
                    f"options {other.id} and {option.id} both set {key}: switch one off",
                    f"选项 {other.id} 与 {option.id} 都设定 {key}，请关闭其一",
                )
            elif key in fixed and out[key].value != value:
                faults.add(
                    f"option {option.id} sets {key} to {value}, and it is set to {out[key].value} besides: leave one",
                    f"选项 {option.id} 将 {key} 设为 {value}，又另设为 {out[key].value}：请保留其一",
                )
            else:
                out[key] = dataclasses.replace(
                    out[key],
                    value=value,
                    chosen=True,
                    why_zh=f"启用选项 {option.id}（{option.source}）",
                    why_en=f"option {option.id} is on",
                )
