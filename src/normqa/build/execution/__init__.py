"""Where the work of a build is done: in this process, or in many."""
