-- What the site reads: one SELECT per name, over the dashboard views and the tables of the published database.

-- name: agreements
SELECT * FROM agreement_overview ORDER BY COALESCE(signed_on, start_date) IS NULL, COALESCE(signed_on, start_date) DESC, agreement_id, signatory, counterpart;

-- name: statements
SELECT document_id, source_uri, title, published_on, fact, row_id, about, quote, char_start, char_end
FROM document_statements ORDER BY document_id, char_start, char_end, fact, row_id;

-- name: partners
SELECT * FROM cluster_partners ORDER BY cluster_id, partner, through, since;

-- name: project_parts
SELECT * FROM project_overview ORDER BY project_id, part, organisation;

-- name: documents
SELECT d.*, t.text FROM documents AS d LEFT JOIN texts AS t ON t.document_id = d.document_id ORDER BY d.published_on IS NULL, d.published_on DESC, d.source_uri;

-- name: organisations
SELECT * FROM organisations ORDER BY name, organisation_id;

-- name: aliases
SELECT * FROM organisation_aliases ORDER BY organisation_id, alias;

-- name: projects
SELECT * FROM projects ORDER BY name, project_id;

-- name: programmes
SELECT * FROM programmes ORDER BY name, programme_id;

-- name: funding
SELECT f.*, p.name AS project, o.name AS organisation, g.name AS programme, u.name AS funder
FROM funding AS f
LEFT JOIN projects AS p ON p.project_id = f.project_id
LEFT JOIN organisations AS o ON o.organisation_id = f.organisation_id
LEFT JOIN programmes AS g ON g.programme_id = f.programme_id
LEFT JOIN organisations AS u ON u.organisation_id = f.funder_id
ORDER BY COALESCE(f.start_date, ''), COALESCE(p.name, o.name), f.funding_id;

-- name: declared_counts
SELECT c.*, p.name AS project FROM declared_counts AS c LEFT JOIN projects AS p ON p.project_id = c.project_id ORDER BY c.document_id, c.declared_id;

-- name: dates
SELECT document_id, char_start, char_end, text, value, mod, role FROM dates ORDER BY document_id, char_start, char_end;

-- name: totals
SELECT
    (SELECT COUNT(DISTINCT agreement_id) FROM agreement_overview) AS agreements,
    (SELECT COUNT(*) FROM organisations WHERE kind = 'cluster') AS clusters,
    (SELECT COUNT(DISTINCT counterpart_id) FROM agreement_overview) AS counterparts,
    (SELECT COUNT(DISTINCT counterpart_country) FROM agreement_overview) AS countries,
    (SELECT COUNT(DISTINCT project_id) FROM project_overview) AS projects,
    (SELECT COUNT(*) FROM programmes) AS programmes,
    (SELECT COUNT(*) FROM funding) AS funding,
    (SELECT COUNT(*) FROM documents) AS documents,
    (SELECT COUNT(*) FROM documents WHERE status = 'quarantined') AS quarantined,
    (SELECT COUNT(*) FROM document_statements) AS statements,
    (SELECT MAX(published_on) FROM documents) AS latest_document;

-- name: countries
SELECT
    counterpart_country AS country_code,
    COUNT(DISTINCT agreement_id) AS agreements,
    COUNT(DISTINCT counterpart_id) AS counterparts
FROM agreement_overview GROUP BY counterpart_country ORDER BY agreements DESC, country_code;

-- name: timeline
SELECT SUBSTR(COALESCE(signed_on, start_date), 1, 4) AS year, kind, status, COUNT(DISTINCT agreement_id) AS agreements
FROM agreement_overview GROUP BY 1, kind, status ORDER BY year IS NULL, year, kind, status;

-- name: links
SELECT
    signatory_id, signatory, counterpart_id, counterpart, counterpart_country AS country_code, COUNT(DISTINCT agreement_id) AS agreements
FROM agreement_overview WHERE signatory_id IS NOT NULL AND counterpart_id IS NOT NULL
GROUP BY signatory_id, signatory, counterpart_id, counterpart, counterpart_country ORDER BY agreements DESC, signatory, counterpart;

-- name: country_links
SELECT signatory_id, signatory, counterpart_country AS country_code, COUNT(DISTINCT agreement_id) AS agreements
FROM agreement_overview WHERE signatory_id IS NOT NULL AND counterpart_id IS NOT NULL
GROUP BY signatory_id, signatory, counterpart_country ORDER BY agreements DESC, signatory, country_code;

-- name: programme_counts
SELECT g.programme_id, g.name, COUNT(f.funding_id) AS funding, COUNT(DISTINCT f.project_id) AS projects
FROM programmes AS g LEFT JOIN funding AS f ON f.programme_id = g.programme_id
GROUP BY g.programme_id, g.name ORDER BY funding DESC, g.name;

-- name: amounts
SELECT programme_id, currency, SUM(amount) AS amount FROM funding
WHERE programme_id IS NOT NULL AND amount IS NOT NULL AND NOT amount_shared GROUP BY programme_id, currency ORDER BY programme_id, currency;
