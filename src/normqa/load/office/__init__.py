"""Documents and slides of office suites: Office Open XML and OpenDocument."""
