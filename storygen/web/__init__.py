"""Sockets: the rehearsal model over HTTP."""
