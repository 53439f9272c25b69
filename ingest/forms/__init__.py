"""What the national team sends: a workbook per sender, a workbook per structure, a form for KoboToolbox or ODK.

All are made from the registry and the frame, for any campaign that they know, and in the spellings that the readers
of this room know: what is sent out is read back without loss.
"""

from ingest.forms.sending import Sent, TemplateError, write_form, write_templates, write_xlsforms

__all__ = ["Sent", "TemplateError", "write_form", "write_templates", "write_xlsforms"]
