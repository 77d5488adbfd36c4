"""The built-in model: a request in; a status, headers and chunks out. No sockets."""
