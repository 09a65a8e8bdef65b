"""Frame: what every page stands in: rendering, languages, forms, headers, refusals, updates."""
