"""Files written all or nothing, as the pictures and listings need them (:mod:`graph.files`)."""

from graph.files import replacing, writable, write_text

__all__ = ["replacing", "writable", "write_text"]
