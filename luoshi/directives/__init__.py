"""Documents that deploy work, the requirements read from them, their triage, the draft plan."""
