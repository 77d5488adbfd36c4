"""How the Messages API is spoken: wire format, SSE, one send, the verdict on a failure, limits."""
