"""The modules, on their floors (bulou.floors). Each knows only the modules below it."""
