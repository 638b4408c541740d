"""The time that work takes, and when it has to end."""
