"""Ports of this machine, for servers that tests start. Belongs here: finding one. Does not belong here: any server."""

import socket


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
