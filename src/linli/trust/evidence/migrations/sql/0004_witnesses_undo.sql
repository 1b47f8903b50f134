ALTER TABLE evidence_cosignature DROP CONSTRAINT evidence_cosignature_checkpoint;
ALTER TABLE evidence_watched DROP CONSTRAINT evidence_watched_root;
DROP TRIGGER evidence_witness_same ON evidence_witness;
DROP TRIGGER evidence_witness_kept ON evidence_witness;
DROP TRIGGER evidence_watched_grows ON evidence_watched;
DROP TRIGGER evidence_watched_kept ON evidence_watched;
DROP TRIGGER evidence_fork_frozen ON evidence_fork;
DROP TRIGGER evidence_cosignature_frozen ON evidence_cosignature;
