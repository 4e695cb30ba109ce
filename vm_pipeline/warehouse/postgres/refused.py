"""What a server that cannot be used is said by.

Belongs here: the exception alone, so that commands can tell it without importing a database driver.
Does not belong here: what raises it.
"""


class WarehouseRefused(Exception):
    """The server cannot be used, or refused. The text says what was found, what was expected, what to do."""
