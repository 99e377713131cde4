"""Pictures and the named filters: reading and writing files, and filtering what is in them."""
