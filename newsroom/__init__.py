"""The roof and the ground of the newsroom; README's map says what is where."""

import gc

# A page makes tens of thousands of objects, and starting a process a million that stay. To look for rings among them after
# every 700, as Python does by itself, took a sixth of the time that a process needs to start.
gc.set_threshold(20_000, 20, 20)
