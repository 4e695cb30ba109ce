"""What a sender does about a batch that was refused as a whole, and about what is only noted.

Belongs here: words for codes that staging gives, addressed to the sender.
Does not belong here: what was found (the refusal itself says it), words for whoever runs the pipeline (reference).
"""

_ANY = "Correct what was found and send the whole file again."

_REMEDIES = {
    "empty_file": "Send the file again, with its header. A month without rows is a file with a header only.",
    "not_text": "Save the file as `CSV UTF-8` and send it again.",
    "not_a_workbook": "Save the file as `CSV UTF-8` and send that.",
    "broken_rows": "Export the file again: every row needs as many cells as the header, and text with commas or line "
    "ends needs quotes. Do not edit it in a text editor.",
    "missing_header": "Put the header back as it was, and send the file again. If your system changed it for good, "
    "tell whoever runs the pipeline.",
    "repeated_header": "Give each column a name of its own and send the file again.",
    "unknown_header": "Take the column out, or tell whoever runs the pipeline what it means.",
    "bad_layout": "Nothing: whoever runs the pipeline has to correct the description of your file.",
    "personal_data": "Take the identifiers of people out of the column and send the file again. Do not send them by "
    "e-mail either.",
    "control_mismatch": "Find out which of the two is right: rows may be missing from the file, or the control file "
    "may be of another export. Send both again, made together.",
    "bad_control": "Correct the control file and send it again, with the file it belongs to.",
    "no_control": "Send a control file with it: one line for each year and period, with rows and total amount.",
    "outside_period": "Check that the right month was exported. Late lines are kept, in their own month.",
}


def remedy(code: str) -> str:
    """What to do, in words."""
    return _REMEDIES.get(code, _ANY)
