"""What is said where a question is about nothing that is there."""


class Unknown(Exception):
    """There is no such figure, batch or row. The text says what was found, what was expected, what to do."""
