"""Tracing: from a published figure to its facts, batches and row numbers, and from a row to the figures it counts in.

Belongs here: reading the warehouse and the receipts backwards. What a figure is made of is read off the declarations.
Does not belong here: computing a figure (sql/marts), declaring what it is made of (indicators), arguments (commands).

Nothing here reads or tells a column that its contract does not declare open.
"""
