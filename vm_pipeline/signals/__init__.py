"""Run and control charts: centre lines, limits and signals of any number of series at once.

Belongs here: the statistics, on arrays.
Does not belong here: files, databases, what a profile is (indicators/profiles).

Every step works on all series together; where a rule must go on from what it found (a median that is taken anew after a
sustained run), the step is repeated for all series that still have work, never series by series.
"""
