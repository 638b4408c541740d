"""From hits to an answer: which sentences answer, whether they do, and how they are quoted."""
