"""What operators see of a running server: metrics, and a log line for each request."""
