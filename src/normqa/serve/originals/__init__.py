"""The files that documents were made from, and pictures of their pages."""
