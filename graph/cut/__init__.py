"""What one jurisdiction sees of a city: a store of its own that holds nothing else, each link out of it an anonymous stub.

:func:`graph.cut.kept.opened` gives the store of a jurisdiction; whatever is asked of it is answered from what lies in it alone.
"""
