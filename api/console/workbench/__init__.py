"""The workbench: law beside rules, drafts, and trying them."""
