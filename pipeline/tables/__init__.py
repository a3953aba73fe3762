"""Facts and resolved entities → rows of every declared table, the checks on them, the views over them and their score."""
