-- What a witness signed, and what shows a fork, stays as it is; what we saw of another log only grows.
CREATE TRIGGER evidence_cosignature_frozen BEFORE UPDATE OR DELETE ON evidence_cosignature FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER evidence_fork_frozen BEFORE UPDATE OR DELETE ON evidence_fork FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER evidence_watched_kept BEFORE DELETE ON evidence_watched FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER evidence_watched_grows BEFORE UPDATE ON evidence_watched FOR EACH ROW
    WHEN (NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root IS DISTINCT FROM OLD.root) OR NEW.vkey IS DISTINCT FROM OLD.vkey)
    EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER evidence_witness_kept BEFORE DELETE ON evidence_witness FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER evidence_witness_same BEFORE UPDATE ON evidence_witness FOR EACH ROW
    WHEN ((OLD.name, OLD.vkey) IS DISTINCT FROM (NEW.name, NEW.vkey)) EXECUTE FUNCTION evidence_refuse();
ALTER TABLE evidence_watched ADD CONSTRAINT evidence_watched_root CHECK (octet_length(root) = 32 AND size >= 0);
-- At once, not at the end of the transaction: a row that is gone is named where it goes.
ALTER TABLE evidence_cosignature
    ADD CONSTRAINT evidence_cosignature_checkpoint FOREIGN KEY (checkpoint_id) REFERENCES evidence_checkpoint (size);
