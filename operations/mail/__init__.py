"""How mail is made and sent, whatever it is about."""
