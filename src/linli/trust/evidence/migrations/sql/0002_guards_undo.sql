DROP FUNCTION evidence_refuse CASCADE;
DROP INDEX evidence_tile_entry_range;
ALTER TABLE evidence_entry
    DROP CONSTRAINT evidence_entry_kind, DROP CONSTRAINT evidence_entry_salt, DROP CONSTRAINT evidence_entry_commitment;
ALTER TABLE evidence_tile
    DROP CONSTRAINT evidence_tile_place, DROP CONSTRAINT evidence_tile_hashes, DROP CONSTRAINT evidence_tile_entries;
ALTER TABLE evidence_checkpoint
    DROP CONSTRAINT evidence_checkpoint_size, DROP CONSTRAINT evidence_checkpoint_root;
