"""The routes and the page for administrators."""
