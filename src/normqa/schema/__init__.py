"""JSON in and out, shared by the command line and the HTTP interface."""
