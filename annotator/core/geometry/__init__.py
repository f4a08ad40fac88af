"""Pure geometry: types and measures over values, no I/O."""
