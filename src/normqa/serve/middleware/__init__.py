"""ASGI middleware: proxy, Host header, other origins, HEAD requests, body limit and security headers."""
