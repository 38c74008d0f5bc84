"""The wall map: one printable page of a city, a district or a street.

``drawing.py`` is what a page consists of: shapes and texts in millimetres · ``paper.py`` sheets, the scale, where what stands ·
``areas.py`` what is counted and where it lies, ``marks.py`` units and what is pending · ``labels.py`` names that leave each other room ·
``panel.py`` the legend and the list at the side · ``page.py`` the page · ``svg.py`` and ``pdf.py`` write the same page, ``fonts.py`` finds
what its Chinese is set in.
"""
