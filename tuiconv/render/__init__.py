"""Arrays and scenes as text cells: lists of Rich segments, for a console or a Textual strip."""
