"""Lets the `aws` command line find `<account id>.localhost`, the name that S3 Control calls put before a local endpoint.

Python reads this file at start when its folder is in PYTHONPATH. Names under .localhost are the loopback address by
RFC 6761, section 6.3; not every resolver knows.
"""

import socket

_resolve = socket.getaddrinfo


def _resolve_loopback(host, *args, **kwargs):
    is_loopback = isinstance(host, str) and host.endswith(".localhost")
    return _resolve("127.0.0.1" if is_loopback else host, *args, **kwargs)


socket.getaddrinfo = _resolve_loopback
