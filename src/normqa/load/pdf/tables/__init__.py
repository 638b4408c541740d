"""Tables: lines with cells in common columns."""
