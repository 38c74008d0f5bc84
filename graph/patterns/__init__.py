"""Questions composed of kinds, relations and conditions: a small closed language (docs/adr/0043).

``language`` what a question is · ``vocabulary`` the kinds, properties, operators and relations that there are · ``parsing`` from
JSON, refusing what is none · ``plain`` what it means, in plain Python · ``facts`` a city's columns, by which it is answered in
hundredths of a second at any size · ``reading`` these columns from a city · ``answering`` a question put to a store, once.
"""
