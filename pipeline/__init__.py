"""Press release → documents → extraction → resolution → tables → versions → readers.

The folder listing is the data flow: each room reads only from rooms further up the list and from `core`.
"""
