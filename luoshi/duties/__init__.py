"""What units have in hand: assignments, occurrences on the calendar, submissions, reviews."""
