"""From untrusted words to a typed verdict, by a text model or, offline, by rules."""
