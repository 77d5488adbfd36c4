"""What lies on disk: journal, drafts, lock."""
