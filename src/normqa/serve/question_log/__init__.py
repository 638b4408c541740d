"""Which questions were asked, and how well they were answered; off unless a setting names the file."""
