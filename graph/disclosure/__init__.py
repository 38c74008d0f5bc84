"""What may be published of a part of the city to those whose jurisdiction it is not: counts, none of them small (ROBUSTNESS C19).

:mod:`graph.disclosure.cells` holds counts by area, category and date; :func:`graph.disclosure.publishing.published` decides which
of them anybody may see; :mod:`graph.disclosure.table` makes the cells of a city. One table is published, the same to all: who asks
twice, and who compares with another, learns nothing more.

What is promised
----------------
*Small counts.* No count of 1 … k - 1 of the table is determined by what is published, nor is one by that and all exact counts of
any one area of it: who sees an area exactly, as its own office does, is held to know it.

*Differences of nested areas.* Where one area lies in another, the number of those in the outer but not in the inner one is held to
be a count as well.

*Changes.* No change by 1 … k - 1 of a count between two dates is determined, nor such a change outside any one area. A figure
is replaced only by one that differs by k or more from all that were ever told of it, or equals one of them; until then the earlier
one stands, with its date.

*Suppressed cells.* What is not told for the sake of another is not determined by what is published either.

*What an attacker may know.* Who compares is held to know which of the finest counts are 0, so that counts being no negative numbers
adds nothing: within the real numbers, each protected count could be greater as well as smaller. How much so follows from its
neighbours; where the way from one possible city to another changes counts by one, as it nearly always does, the interval is at
least one either way.

*What is not.* Zeros are told, though one says of a whole group that it is otherwise: to keep them secret would take the city's own
totals along.
Offices that hand each other their exact counts know what both know. Sums of members are not published at all: one organization
may make up nearly all of such a sum, and members are counted for those alone whose they are.
"""
