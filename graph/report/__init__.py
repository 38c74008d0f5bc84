"""The semi-monthly report (S47) of a submitter, and the city's bulletin: figures, what they were before, what holds of them.

:mod:`graph.report.whose` says whose report it is and whom it counts; :mod:`graph.report.counting` counts at one date;
:mod:`graph.report.identities` holds figures together; :mod:`graph.report.received` says what came in late or not at all;
:mod:`graph.report.report` puts it together and leads every figure back to its rows (S46). Concepts have their homes elsewhere
(:mod:`graph.annual`, :mod:`graph.coverage`, :mod:`graph.survey`, the audit): here they are arranged.
"""
