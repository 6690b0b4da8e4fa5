"""Clean exports of known truth, ways to spoil them, and an oracle that says what may become of each.

``truth`` holds the clean pair, ``draft`` writes a file and remembers what each of its lines must become, ``bench``
loads a folder of such files, ``oracle`` judges the outcome, ``families`` list the pollutions, ``cases`` combines them.
Nothing here knows how the loader works: only files, settings, the ledger, messages, errors and canonical tables.
"""
