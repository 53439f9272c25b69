"""Guards on the columns received, that a check of names or of single answers can't give.

A column may bear the right name and hold something else: its neighbour, thousands of euros, the hours of a week,
nothing. Each guard looks at all that a sender answered to a question, and compares it with the same structures in the
campaign before or, for want of that, with the other senders. What it finds is told (`guards.parquet`), and changes no
answer.
"""
