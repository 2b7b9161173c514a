"""Pages of the work: my list, an occurrence, an assignment, issuing."""
