"""Pages that sum and print: the board, the task list, a unit's work, the record."""
