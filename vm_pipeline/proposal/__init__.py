"""A file that nobody has described yet: what it holds, and a draft of its description.

Belongs here: looking at files as the reader reads them, guessing what columns are, writing a draft of settings.
Does not belong here: reading files and layouts themselves (staging), the commands (commands).

A guess is a guess: it says how sure it is and what else it might be. No cell's text is told, only its shape.
"""
