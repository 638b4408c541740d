"""The web: pages for people, JSON for programs. The only place that knows HTTP."""
