"""Read a request: the address it was sent to, the type of reply that it prefers, a form, a JSON body."""
