"""What operators see of a running server: probes, metrics, and a log line for each request."""
