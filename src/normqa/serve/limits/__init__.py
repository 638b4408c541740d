"""Limits that keep the server responsive: a queue of questions, connections, processes and the log."""
