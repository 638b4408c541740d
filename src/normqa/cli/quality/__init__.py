"""The commands that measure quality: ``normqa eval`` and ``normqa calibrate``."""
