"""A pair taken apart: where its adjacency and its similarity come from (FORMATION, *Pair dissimilarity*)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graph.formation import costs, pairs
from graph.formation.wording import KINDS, LEVEL_WORDS, Leaning, Text
from graph.sector import Level

if TYPE_CHECKING:
    from graph.formation.problem import Problem

Object = dict[str, Any]


class Dissector:
    """Takes pairs of a problem's organizations apart."""

    def __init__(self, problem: Problem, leaning: Leaning | None = None) -> None:
        self.problem = problem
        self.leaning = leaning or Leaning(problem)
        self.formation = problem.city.profile.formation
        self.radius = float(self.formation.radius)
        model = problem.model
        scale = model.denominator * costs.MICRO
        self._adjacency = scale * (self.formation.weight_adjacency or 1.0)
        self._similarity = scale * (self.formation.weight_similarity or 1.0)

    def pair(self, a: int, b: int) -> Object:
        """Return two organizations' adjacency, similarity and dissimilarity with their sources.

        Returns
        -------
        dict
            ``{a, b, adjacency {value, adjacent, by, places[], metres, text}, similarity {value, similar, by, level, sector,
            links[], text}, dissimilarity}``; ``metres`` and ``sector`` are null where unknown.
        """
        found = pairs.pairs(self.problem.features, np.array([a]), np.array([b]), self.problem.model)
        return {
            "a": str(self.problem.codes[a]),
            "b": str(self.problem.codes[b]),
            "adjacency": self._near(a, b, found),
            "similarity": self._alike(a, b, found),
            "dissimilarity": int(found.d[0]) / costs.MICRO,
        }

    # -- adjacency -----------------------------------------------------------------------------------------------------
    def _near(self, a: int, b: int, found: pairs.Pairs) -> Object:
        value = round(int(found.adjacency[0]) / self._adjacency, 6)
        metres = int(found.centimetres[0]) / 100 if found.centimetres[0] >= 0 else None
        places = self.leaning.places([a, b])
        by = self._place_of(value, places) or (
            "distance"
            if metres is not None and (metres <= self.radius or not places)
            else "unknown"
        )
        return {
            "value": value,
            "adjacent": bool(found.adjacent[0]),
            "by": by,
            "places": [
                {"kind": kind, "key": key, "name": self.leaning.names.place(kind, key)}
                for kind, key in places
            ],
            "metres": metres,
            "text": self._near_text(by, places, metres),
        }

    def _place_of(self, value: float, places: list[tuple[str, str]]) -> str | None:
        """Return the kind of place that gives an adjacency, the first of equals."""
        f = self.formation
        of = {"building": f.adjacency_building, "community": f.adjacency_community}
        kinds = [kind for kind, _ in places]
        return next(
            (k for k in KINDS if k in kinds and round(of.get(k, f.adjacency_place), 6) == value),
            None,
        )

    def _near_text(self, by: str, places: list[tuple[str, str]], metres: float | None) -> Text:
        away = None if metres is None else f"{metres:,.0f}"
        if by in KINDS:
            zh, en = self.leaning.anchor_name(next(p for p in places if p[0] == by))
            zh, en = f"同在{zh}", f"both in {en}"
            if away is not None:
                zh, en = f"{zh}，相距 {away} 米", f"{en}, {away} m apart"
            return {"zh": zh, "en": en}
        if away is None:
            return {
                "zh": "没有共同场所，且有一方位置不明",
                "en": "no place in common, and the location of one is unknown",
            }
        radius = f"{self.radius:,.12g}"
        if metres is not None and metres <= self.radius:
            return {
                "zh": f"相距 {away} 米（半径 {radius} 米以内）",
                "en": f"{away} m apart, within the radius of {radius} m",
            }
        return {
            "zh": f"没有共同场所，相距 {away} 米（超出半径 {radius} 米）",
            "en": f"no place in common, and {away} m apart, beyond the radius of {radius} m",
        }

    # -- similarity ----------------------------------------------------------------------------------------------------
    def _alike(self, a: int, b: int, found: pairs.Pairs) -> Object:
        value = round(int(found.similarity[0]) / self._similarity, 6)
        level = Level(int(found.meeting[0]))
        links = [("association", c) for c in self.leaning.associations([a, b])]
        links += [("organization", c) for c in self.leaning.leaders([a, b])]
        linked = bool(links) and value == round(self.formation.similarity_linked, 6)
        steps = {
            Level.CLASS: self.formation.similarity_class,
            Level.GROUP: self.formation.similarity_group,
            Level.DIVISION: self.formation.similarity_division,
            Level.SECTION: self.formation.similarity_section,
        }
        met = any(level >= at and round(step, 6) == value for at, step in steps.items())
        by = level.name.lower() if met else (links[0][0] if linked else "none")
        sector = self.leaning.sector(a, level) if level > Level.NONE else None
        return {
            "value": value,
            "similar": bool(found.alike[0]),
            "by": "leading_firm" if by == "organization" else by,
            "level": level.name.lower() if level > Level.NONE else None,
            "sector": sector,
            "links": [
                {"kind": "leading_firm" if k == "organization" else k, "code": c} for k, c in links
            ],
            "text": self._alike_text(level, sector, links, a, b),
        }

    def _alike_text(
        self, level: Level, sector: Object | None, links: list[tuple[str, str]], a: int, b: int
    ) -> Text:
        zh, en = [], []
        if sector is not None:
            words = LEVEL_WORDS[level]
            name = f" {sector['name']}" if sector["name"] else ""
            zh.append(f"同一{words[0]}（{sector['code']}{name}）")
            en.append(f"of one {words[1]} ({sector['code']}{name})")
        for link in links:
            one_zh, one_en = self.leaning.anchor_name(link)
            zh.append(f"同属{one_zh}" if link[0] == "association" else f"同由{one_zh}带动")
            en.append(f"both in {one_en}" if link[0] == "association" else f"both led by {one_en}")
        if not zh:
            unknown = [str(self.problem.codes[r]) for r in (a, b) if not self.leaning.has_sector(r)]
            if unknown:
                return {
                    "zh": f"{'、'.join(unknown)} 的行业不明，也没有共同的协会或龙头单位",
                    "en": f"the sector of {' and '.join(unknown)} is unknown, and no association or leading firm is shared",
                }
            return {
                "zh": "行业门类不同，也没有共同的协会或龙头单位",
                "en": "different sections, and no association or leading firm in common",
            }
        return {"zh": "，".join(zh), "en": "; ".join(en)}
