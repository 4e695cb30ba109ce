"""Benchmarks: this pipeline beside other programs that make the same tables of the same feeds.

Belongs here: who takes part (contenders), what is measured (scenarios), one way of measuring (measuring), the page.
Does not belong here: the other programs themselves, judging what was found, anything the product needs.

    python -m bench --rows 1000000 --runs 3
"""
