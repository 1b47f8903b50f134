-- What no hand may do with the log. `linli.wipe` is set only in test rooms that empty whole tables between tests.

ALTER TABLE evidence_entry
    ADD CONSTRAINT evidence_entry_kind CHECK (kind ~ '^[a-z_]+(:[a-z_]+){1,2}$'),
    ADD CONSTRAINT evidence_entry_salt CHECK (octet_length(salt) = 16),
    ADD CONSTRAINT evidence_entry_commitment CHECK (octet_length(commitment) = 32);

ALTER TABLE evidence_tile
    ADD CONSTRAINT evidence_tile_place CHECK (level BETWEEN 0 AND 7 AND index >= 0),
    ADD CONSTRAINT evidence_tile_hashes CHECK (octet_length(hashes) % 32 = 0 AND octet_length(hashes) BETWEEN 32 AND 8192),
    ADD CONSTRAINT evidence_tile_entries CHECK (
        CASE WHEN level = 0 THEN cardinality(entries) * 32 = octet_length(hashes) AND first_entry <= last_entry AND first_entry IS NOT NULL
        ELSE entries IS NULL AND first_entry IS NULL AND last_entry IS NULL END);

ALTER TABLE evidence_checkpoint
    ADD CONSTRAINT evidence_checkpoint_size CHECK (size > 0),
    ADD CONSTRAINT evidence_checkpoint_root CHECK (octet_length(root) = 32);

-- Hashes do not compress: keep the server from trying.
ALTER TABLE evidence_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- Which tile holds an entry: ranges overlap only where transactions committed out of order.
CREATE INDEX evidence_tile_entry_range ON evidence_tile USING gist (int8range(first_entry, last_entry, '[]')) WHERE level = 0;

CREATE FUNCTION evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is not allowed: the log only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER evidence_entry_frozen BEFORE UPDATE OR DELETE ON evidence_entry FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER evidence_entry_kept BEFORE TRUNCATE ON evidence_entry FOR EACH STATEMENT
    WHEN (current_setting('linli.wipe', true) IS DISTINCT FROM 'allowed') EXECUTE FUNCTION evidence_refuse();

CREATE TRIGGER evidence_checkpoint_frozen BEFORE UPDATE OR DELETE ON evidence_checkpoint FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER evidence_checkpoint_kept BEFORE TRUNCATE ON evidence_checkpoint FOR EACH STATEMENT
    WHEN (current_setting('linli.wipe', true) IS DISTINCT FROM 'allowed') EXECUTE FUNCTION evidence_refuse();

CREATE TRIGGER evidence_waiting_same BEFORE UPDATE ON evidence_waiting FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER evidence_waiting_kept BEFORE TRUNCATE ON evidence_waiting FOR EACH STATEMENT
    WHEN (current_setting('linli.wipe', true) IS DISTINCT FROM 'allowed') EXECUTE FUNCTION evidence_refuse();

CREATE TRIGGER evidence_tile_kept_row BEFORE DELETE ON evidence_tile FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER evidence_tile_grows BEFORE UPDATE ON evidence_tile FOR EACH ROW
    WHEN ((OLD.level, OLD.index) IS DISTINCT FROM (NEW.level, NEW.index)
        OR octet_length(NEW.hashes) <= octet_length(OLD.hashes)
        OR substring(NEW.hashes FOR octet_length(OLD.hashes)) IS DISTINCT FROM OLD.hashes
        OR NEW.entries[1:cardinality(OLD.entries)] IS DISTINCT FROM OLD.entries)
    EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER evidence_tile_kept BEFORE TRUNCATE ON evidence_tile FOR EACH STATEMENT
    WHEN (current_setting('linli.wipe', true) IS DISTINCT FROM 'allowed') EXECUTE FUNCTION evidence_refuse();
