"""The organisation as one workbook: template, dry run, all or nothing, and the state to edit.

Rooms: `words` (the sheets' headings and words) · `template` (writing .xlsx) · `reading` (rows to
plain records) · `state` (the organisation as of a day) · `tree`, `holders`, `compare` (records
against the state, as a plan of changes) · `applying` (one transaction, one entry) · `export` (the
state as rows) · `flow` (what the pages call).
"""
