"""The command line.

A command module declares its options at the top and imports what it needs when its command runs, so that
``--help`` loads no model, index or web library.
"""
