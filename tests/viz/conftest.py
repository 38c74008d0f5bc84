"""The invented district, for every test of this folder."""

from tests.viz.fixtures import city, district, district_path

__all__ = ["city", "district", "district_path"]
