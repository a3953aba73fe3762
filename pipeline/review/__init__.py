"""The web page on which people decide about changes; it reads and writes through `versions/`.

`desk` what is to be decided, kept in memory · `passages` sentences in context · `verdicts` keys and forms → decisions · `names` merged and
split organisations · `security` who may do what · `pages` and `posts` the addresses · `app` puts it together
"""
