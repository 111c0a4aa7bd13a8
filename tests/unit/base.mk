# tests/unit: the room base, and what all unit tests share

# Criterion's assertions declare variables wherever they stand.
UNIT_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS) -Wno-declaration-after-statement
