"""Decisions about answers: what senders and the national team correct or confirm, and the reports that ask them to.

A decision is a record of the archive (a returned report) or of the project (``corrections/<campaign>.yml``). It belongs
to the values that it was made on: when one of them changes, it dies. Nothing is overwritten: the file received stays as
it is, the decision is applied each time the intake is made.
"""
