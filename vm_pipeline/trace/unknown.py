"""What is said where a question is about nothing that is there.

Belongs here: the exception alone, for whatever is asked about.
Does not belong here: what there is instead: whoever raises it says so.
"""


class Unknown(Exception):
    """There is no such figure, batch or row. The text says what was found, what was expected, what to do."""
