# tests/unit: the rooms worker and handler
