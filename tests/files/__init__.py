"""Small files of every format, each with its right text beside it.

``python -m tests.files.write`` writes them again. The files that Chromium prints are only written where it is
installed.
"""
