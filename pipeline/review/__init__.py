"""The web page on which people decide about changes; it reads and writes through `versions/`.

`desk` what is to be decided, kept in memory · `room` what every page looks up · `passages` sentences in context · `values` fields of forms
and what may stand in them · `verdicts` keys and corrections → decisions · `adding` facts and names that the machine missed → decisions ·
`names` merged and split organisations · `security` who may do what · `pages` and `reading` what is shown, `posts` what is done · `app` puts
it together
"""
