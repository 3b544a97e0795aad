"""The tests: of modules, of the whole through its public doors, of properties, of the project itself."""
