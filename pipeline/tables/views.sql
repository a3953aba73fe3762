-- Views for dashboards: each answers its question in one SELECT. Standard SQL, the same on SQLite and PostgreSQL.

-- Agreements with both parties' names, countries and dates: one row per pair of parties; without a named signatory the project stands in.
CREATE VIEW agreement_overview AS
SELECT
    a.agreement_id,
    a.kind,
    a.status,
    a.signed_on,
    a.start_date,
    a.end_date,
    a.duration_months,
    p.project_id,
    p.name AS project,
    s.organisation_id AS signatory_id,
    s.name AS signatory,
    s.kind AS signatory_kind,
    s.country_code AS signatory_country,
    c.organisation_id AS counterpart_id,
    c.name AS counterpart,
    c.kind AS counterpart_kind,
    c.country_code AS counterpart_country
FROM agreements AS a
LEFT JOIN projects AS p ON p.project_id = a.project_id
LEFT JOIN agreement_parties AS sp ON sp.agreement_id = a.agreement_id AND sp.side = 'signatory'
LEFT JOIN organisations AS s ON s.organisation_id = sp.organisation_id
LEFT JOIN agreement_parties AS cp ON cp.agreement_id = a.agreement_id AND cp.side = 'counterpart'
LEFT JOIN organisations AS c ON c.organisation_id = cp.organisation_id;

-- A cluster's partners: those with whom it has an agreement (from either side), and those in the same project.
CREATE VIEW cluster_partners AS
SELECT
    o.organisation_id AS cluster_id,
    o.name AS cluster,
    o.country_code AS cluster_country,
    q.organisation_id AS partner_id,
    q.name AS partner,
    q.kind AS partner_kind,
    q.country_code AS partner_country,
    'agreement' AS through,
    a.agreement_id AS through_id,
    a.kind AS link,
    a.status,
    COALESCE(a.signed_on, a.start_date) AS since
FROM organisations AS o
JOIN agreement_parties AS mine ON mine.organisation_id = o.organisation_id
JOIN agreement_parties AS theirs ON theirs.agreement_id = mine.agreement_id AND theirs.side <> mine.side
JOIN organisations AS q ON q.organisation_id = theirs.organisation_id
JOIN agreements AS a ON a.agreement_id = mine.agreement_id
WHERE o.kind = 'cluster'
UNION
SELECT
    o.organisation_id,
    o.name,
    o.country_code,
    q.organisation_id,
    q.name,
    q.kind,
    q.country_code,
    'project',
    p.project_id,
    p.name,
    NULL,
    p.start_date
FROM organisations AS o
JOIN project_members AS mine ON mine.organisation_id = o.organisation_id
JOIN project_members AS theirs ON theirs.project_id = mine.project_id AND theirs.organisation_id <> mine.organisation_id
JOIN organisations AS q ON q.organisation_id = theirs.organisation_id
JOIN projects AS p ON p.project_id = mine.project_id
WHERE o.kind = 'cluster';

-- Projects with their members and their funding: one row per member (its role) and per grant (`funding`).
CREATE VIEW project_overview AS
SELECT
    p.project_id,
    p.name AS project,
    p.start_date,
    p.end_date,
    p.duration_months,
    m.role AS part,
    o.organisation_id,
    o.name AS organisation,
    o.country_code,
    NULL AS programme,
    NULL AS amount,
    NULL AS currency
FROM projects AS p
LEFT JOIN project_members AS m ON m.project_id = p.project_id
LEFT JOIN organisations AS o ON o.organisation_id = m.organisation_id
UNION ALL
SELECT
    p.project_id,
    p.name,
    COALESCE(f.start_date, p.start_date),
    COALESCE(f.end_date, p.end_date),
    p.duration_months,
    'funding',
    o.organisation_id,
    o.name,
    o.country_code,
    g.name,
    f.amount,
    f.currency
FROM funding AS f
JOIN projects AS p ON p.project_id = f.project_id
LEFT JOIN organisations AS o ON o.organisation_id = f.funder_id
LEFT JOIN programmes AS g ON g.programme_id = f.programme_id;

-- What a document states, fact by fact, with the words that say so; what a fact is about is told by name where it has one.
CREATE VIEW document_statements AS
SELECT
    d.document_id,
    d.source_uri,
    d.title,
    d.published_on,
    e.table_name AS fact,
    e.row_id,
    COALESCE(o.name, p.name, g.name, a.kind) AS about,
    e.quote,
    e.char_start,
    e.char_end,
    e.method,
    e.confidence
FROM evidence AS e
JOIN documents AS d ON d.document_id = e.document_id
LEFT JOIN organisations AS o ON e.table_name = 'organisations' AND o.organisation_id = e.row_id
LEFT JOIN projects AS p ON e.table_name = 'projects' AND p.project_id = e.row_id
LEFT JOIN programmes AS g ON e.table_name = 'programmes' AND g.programme_id = e.row_id
LEFT JOIN agreements AS a ON e.table_name = 'agreements' AND a.agreement_id = e.row_id;
