"""The log: append inside the action's transaction, sequence later, recompute to verify.

Only this app touches its tables; it stores the actor as text and knows no user.
"""
