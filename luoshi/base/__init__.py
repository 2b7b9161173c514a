"""What every app stands on: the organisation, ids and keys, refusals, request ids, stored files."""
