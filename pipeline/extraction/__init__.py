"""One document → what it states, each fact with the words that state it."""
