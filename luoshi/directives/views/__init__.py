"""Pages of directives: the list and the import, triage, the plan."""
