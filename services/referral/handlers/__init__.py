"""One module for each event or act: load, decide, save, emit."""
