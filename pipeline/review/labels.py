"""Words of the interface for the words of the tables."""

LABELS = {
    "added": "ajouté",
    "removed": "disparu",
    "changed": "modifié",
    "source": "texte source",
    "lexicon": "règles et listes",
    "model": "modèle",
    "code": "code",
    "resolution": "résolution des noms",
    "decision": "décision",
    "accept": "accepté",
    "reject": "rejeté",
    "correct": "corrigé",
    "add": "maintenu",
    "merge": "fusionné",
    "split": "séparé",
    "agreements": "accords",
    "agreement": "accords",
    "member": "membres",
    "project": "projets",
    "organisations": "organisations",
    "projects": "projets",
    "programmes": "programmes",
    "project_members": "membres de projet",
    "funding": "financements",
    "declared_counts": "nombres déclarés",
    "kind": "nature",
    "status": "état",
    "signed_on": "signé le",
    "start_date": "début",
    "end_date": "fin",
    "duration_months": "durée (mois)",
    "project_id": "projet",
    "organisation_id": "organisation",
    "programme_id": "programme",
    "funder_id": "financeur",
    "signatories": "signataires",
    "counterparts": "contreparties",
    "country_code": "pays",
    "region": "région",
    "name": "nom",
    "role": "rôle",
    "amount": "montant",
    "currency": "devise",
    "amount_shared": "montant partagé",
    "add_agreements": "accord",
    "add_funding": "financement",
    "add_project_members": "membre de projet",
    "add_organisations": "organisation",
    "add_projects": "projet",
    "add_programmes": "programme",
    "declared": "déclaré",
    "found": "trouvé",
    "fact": "fait",
    "document_id": "document",
}

COLUMNS = {
    ("funding", "project_id"): "bénéficiaire (projet)",
    ("funding", "organisation_id"): "bénéficiaire (organisation)",
    ("project_members", "organisation_id"): "membre",
    ("organisations", "kind"): "type",
}
"""Words for columns that mean something else in one table."""

VALUES = {
    "signed": "signé",
    "active": "en vigueur",
    "planned": "prévu",
    "ended": "terminé",
    "mou": "protocole d'entente",
    "letter_of_intent": "lettre d'intention",
    "cooperation_agreement": "accord de coopération",
    "partnership": "partenariat",
    "convention": "convention",
    "twinning": "jumelage",
    "alliance": "alliance",
    "other": "autre",
    "cluster": "cluster",
    "company": "entreprise",
    "research": "recherche",
    "public": "institution",
    "association": "association",
    "coordinator": "coordinateur",
    "partner": "partenaire",
    "label": "labellisation",
    "true": "oui",
    "True": "oui",
    "false": "non",
    "False": "non",
    "project": "projet",
    "programme": "programme",
}
"""Words for the values of closed lists."""

DETAILS = {
    "has changed": "a changé",
    "is new": "est nouveau",
    "is gone": "a disparu",
    "rule ": "règle ",
    "other documents": "d'autres documents",
    "word lists": "listes de mots",
    "and trained models": "et modèles appris",
    "or trained models": "ou modèles appris",
    "trained models": "modèles appris",
    "and code": "et code",
    "or code": "ou code",
    "(tried: alone)": "(essai : cela suffit)",
    "(tried: each alone):": "(essai : l'un ou l'autre suffit) :",
    "(tried: only together):": "(essai : seulement ensemble) :",
    " of one version are not kept": " d'une des versions ne sont plus gardés",
    "not extracted again yet": "pas encore relu",
    "extracting again failed": "la relecture a échoué",
    "what its documents state alone does not make it": "ses documents à eux seuls ne l'expliquent pas",
}
"""Words for the details of a cause."""


REASONS = {
    "a call is announced or a bid made, nobody is paid yet": "un appel est annoncé ou un dossier déposé, personne n'est encore payé",
    "a contract, a licence or a take-over": "un contrat, une licence ou un rachat",
    "a funding convention, not an agreement": "une convention de financement, pas un accord",
    "a proposal, not an agreement": "une proposition, pas un accord",
    "a question, no statement": "une question, pas une affirmation",
    "a rumour or a report that the text does not confirm": "une rumeur ou un propos que le texte ne confirme pas",
    "a general word on partnerships, no link of two bodies": "un mot général sur les partenariats, sans lien entre deux organismes",
    "an accord of states or a trade treaty": "un accord entre États ou un traité commercial",
    "an agreement inside one organisation": "un accord à l'intérieur d'une organisation",
    "asked, not told": "une question, pas une affirmation",
    "capital raised from investors, no grant": "une levée de fonds auprès d'investisseurs, pas une subvention",
    "denied": "démenti",
    "no two named parties linked by it": "il ne lie pas deux parties nommées",
    "one event or action held in partnership": "un événement ou une action en partenariat",
    "the beneficiary, or the programme and the funder, are not named": "bénéficiaire, ou programme et financeur, ne sont pas nommés",
    "the two sides are not two different named organisations": "les deux côtés ne sont pas deux organisations nommées et différentes",
    "the title of a talk or session": "le titre d'un exposé ou d'une séance",
    "the word has another sense here": "le mot a un autre sens ici",
    "wished or said to be likely, not given": "souhaité ou jugé probable, pas accordé",
}
"""Words for why a sentence gave no fact."""

CLOSED = ("kind", "status", "role", "amount_shared")


def column_label(table: str, column: str) -> str:
    """A column of a table in the words of the interface."""
    return COLUMNS.get((table, column), LABELS.get(column, column))


def reason_label(reason: str) -> str:
    """Why a sentence gave no fact, in the words of the interface; a reason of other word lists as it stands there."""
    return REASONS.get(reason, reason)


def value_label(value: object, column: str) -> str:
    """A value as people read it, where its column holds one of a closed list."""
    return VALUES.get(str(value), str(value)) if column in CLOSED else str(value)


def detail_label(detail: str) -> str:
    """The detail of a cause in the words of the interface."""
    for told, label in DETAILS.items():
        detail = detail.replace(told, label)
    return detail
