-- What was merged into a case is read with it.
CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into IS NOT NULL;
