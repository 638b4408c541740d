"""A client of a normqa server, with the verbs of a folder that is opened on this machine."""
