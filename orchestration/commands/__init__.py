"""The commands of `senacs`, one module for each thing that a person comes to do.

A module adds its commands to the parser (`add_commands`) and carries them out; what they call is imported when they
run, so that `senacs --help` answers at once.
"""
