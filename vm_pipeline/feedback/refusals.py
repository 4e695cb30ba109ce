"""What a sender does about a file that was refused as a whole, and about what is only noted of one.

Belongs here: words for codes that staging gives, addressed to the sender.
Does not belong here: what was found (the refusal itself says it), words for whoever runs the pipeline (reference).
"""

_CSV = "Save the file as `CSV UTF-8` and send that."
_OURS = "Nothing: whoever runs the pipeline has to correct the description of your file."
_CHANGED = "If your system changed it for good, tell whoever runs the pipeline."

REMEDIES = {
    "bad_control": "Correct the control file and send it again, with the file it belongs to.",
    "bad_file_name": "Give the file the name that was agreed, and send it again.",
    "bad_layout": _OURS,
    "broken_archive": "Pack the file anew, as gz or zip, or send it as it is.",
    "broken_rows": "Export the file again: every row needs as many cells as the header, and text with commas or line "
    "ends needs quotes. Do not edit it by hand.",
    "code_too_long": "Look for a quote that is not closed, and for text in the place of a code. Send the file again.",
    "control_mismatch": "Find out which of the two is right: rows may be missing from the file, or the control file "
    "may be of another export. Send both again, made together.",
    "empty_file": "Send the file again, with its header. A month without rows is a file with a header only.",
    "encrypted": "Send the workbook without a password, by a way that is safe.",
    "missing_header": f"Put the header back as it was, and send the file again. {_CHANGED}",
    "no_header": f"Send the file with its header row, as before. {_CHANGED}",
    "no_such_sheet": f"Give the sheet the name it had, and send the workbook again. {_CHANGED}",
    "not_a_table": "Open the file in a spreadsheet, save it as `CSV UTF-8` and send that.",
    "not_a_workbook": _CSV,
    "not_text": _CSV,
    "personal_data": "Take the identifiers of people out of the column and send the file again.",
    "repeated_header": "Give each column a name of its own and send the file again.",
    "several_months": "Send the year so far month by month, a file for each.",
    "several_members": "Pack one file into an archive, not several.",
    "sheets_differ": "Give all sheets the same header, and send the workbook again.",
    "sum_too_large": "Look at the amounts or quantities: another column may stand in their place. Send the file again.",
    "too_large": "Send less in one file: one month, or one sheet.",
    "total_mismatch": "Find out why the rows do not add up to the total in the file, and send it again.",
    "unknown_header": f"Take the column out, or tell whoever runs the pipeline what it means. {_CHANGED}",
}

_IF_RIGHT = "Nothing, if that is as it should be."
_NOTES = {
    "damaged_reference": "Export the file anew and do not open it in a spreadsheet before it is sent.",
    "dated_far": "Check the order of day and month in the dates, and the year.",
    "error_cells": "Look at the cells of the workbook that show an error. Formulas without a value: open it, save it.",
    "no_control": "Send a control file with it: one line for each year and period, with rows and total amount.",
    "outside_period": "Check that the right month was exported. Late lines are kept, in their own month.",
    "personal_data": "Leave the identifiers of people out next time.",
    "uncounted": "Look whether measures and outcomes are spelled as the feed has them.",
    "unnamed_column": "Give the column a header, or take it out.",
}


def remedy(code: str) -> str:
    """What to do about a refusal, in words."""
    return REMEDIES.get(code, "Correct what was found and send the whole file again.")


def advice(code: str) -> str:
    """What to do about a note, in words."""
    return _NOTES.get(code, _IF_RIGHT)
