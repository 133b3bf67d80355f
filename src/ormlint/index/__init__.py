"""The project index: modules, symbols, classes and their MRO, mapped classes, enums, tables."""
