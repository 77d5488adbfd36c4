"""B2: how soon many documents are done, against the soonest that any client could have them done."""
