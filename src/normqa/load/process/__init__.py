"""Processes that read hostile files, which may crash, hang or take too much memory."""
