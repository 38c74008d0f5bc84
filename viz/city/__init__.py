"""The map of a city at any size: what lies in what, in columns, from which each view takes no more than can be drawn.

``columns.py`` reads a city once · ``tree.py`` has what lies in what · ``ground.py`` where it lies on a map, ``cells.py`` where in
a picture of what lies in what · ``counting.py`` how many ·
``links.py`` what is tied to what, ``ties.py`` how much · ``findings.py`` what an audit found · ``question.py`` what is asked for,
``view.py`` one view of it all.
"""
