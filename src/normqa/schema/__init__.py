"""JSON in and out: the requests and replies that the command line and the HTTP API share."""
