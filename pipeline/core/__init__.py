"""What every phase shares: errors, facts, ids, the lexicon and the declared tables. No stage logic."""
