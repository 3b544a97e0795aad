"""What all pages share: who visits, forms, languages, templates, headers and pages of faults."""
