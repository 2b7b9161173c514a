"""Papers that offices print and pass on: workbooks now; plain Python, no Django."""
