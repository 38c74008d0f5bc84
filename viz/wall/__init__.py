"""The wall map: one printable page of a city, a district or a street.

``drawing.py`` is what a page consists of: shapes and texts in millimetres · ``paper.py`` sheets, the scale, where what stands ·
``where.py`` which part of the city, ``areas.py`` what is counted in it · ``shading.py`` how far areas are, ``marks.py`` units and
what is pending, ``labels.py`` names that leave each other room → ``map.py`` the map, ``panel.py`` the legend and the list at the
side → ``page.py`` the page · ``svg.py`` and ``pdf.py`` write the same page, ``fonts.py`` finds what its Chinese is set in.
"""
