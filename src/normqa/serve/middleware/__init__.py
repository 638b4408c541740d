"""ASGI middleware: proxy, Host header, HEAD requests, body limit and security headers."""
