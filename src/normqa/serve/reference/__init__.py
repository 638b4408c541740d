"""The interactive reference of the API at ``/docs``."""
