"""What clients send: bodies, query strings, and the rules of their fields."""
