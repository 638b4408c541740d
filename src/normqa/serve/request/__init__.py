"""What a request says: its address, the reply that it accepts, and its body."""
