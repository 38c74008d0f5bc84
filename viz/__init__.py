"""Pictures and exports: one view model, offline pages, files for other tools."""
