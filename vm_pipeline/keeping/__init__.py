"""What is kept of what was received, and what is not: withdrawing, purging, retention.

Belongs here: decisions about versions, and erasing files of the home.
Does not belong here: what a decision changes in force (sources/receipts), receiving anything (sources/landing).
"""
