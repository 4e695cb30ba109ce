"""Feedback: what is wrong with a batch, told to whoever sent it, as files for a spreadsheet.

Belongs here: gathering what staging found into lines a sender can act on, what of a cell may be shown, the files.
Does not belong here: judging rows (staging), lists for whoever runs the pipeline (staging/rejects, quality).
"""
