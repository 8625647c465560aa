-- A dump that is restored into the cluster that it comes from was taken for the database that it was before: same cluster, same timeline. Its tables are made anew, so their oids are others.
-- Only where the database is known: one that is another than the confirmed one stays held.
UPDATE database_identity SET value = value || '/' || 'database_identity'::regclass::oid WHERE value = current_database_identity();

CREATE OR REPLACE FUNCTION current_database_identity() RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT system_identifier FROM pg_control_system())::text || '/' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8) || '/' || 'database_identity'::regclass::oid;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;

-- Up to when the list of what customers sent to a franchise's number was read at its vendor, and all of it is known (business time). After an absence it is read back to there.
CREATE TABLE text_list_marks (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL CHECK (id = tenant_id),
    read_until timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
SELECT protect_tenant_table('text_list_marks', 'SELECT, INSERT, UPDATE');
