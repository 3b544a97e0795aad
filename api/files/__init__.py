"""Files in and out: tables of registers, findings for other tools, printed pages."""
