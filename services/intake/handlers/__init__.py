"""One function per command and per event: load, decide, save, emit. No rule stands here."""
