"""Charts of the report: rounded texts and plain numbers go in, SVG and the rows of the table under it come out.

A page that holds charts has :data:`cxlink.report.charts.palette.CSS` in its style sheet, before that is hashed, and a
name of its own for each chart. The SVG is put in as it is: all texts in it are escaped. Rows of tables hold the texts
of others as they came.
"""
