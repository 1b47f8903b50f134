-- What no hand may do. `linli.ledger` is on only inside the functions of 0002; `linli.wipe` only in test rooms that empty whole tables.

ALTER TABLE ledger_account SET (fillfactor = 70);
ALTER TABLE ledger_hold SET (fillfactor = 80);

-- The unit is part of the key: an account of another unit can not be referred to.
ALTER TABLE ledger_hold
    ADD CONSTRAINT ledger_hold_debit_unit FOREIGN KEY (debit_id, unit) REFERENCES ledger_account (id, unit),
    ADD CONSTRAINT ledger_hold_credit_unit FOREIGN KEY (credit_id, unit) REFERENCES ledger_account (id, unit);
ALTER TABLE ledger_transfer
    ADD CONSTRAINT ledger_transfer_debit_unit FOREIGN KEY (debit_id, unit) REFERENCES ledger_account (id, unit),
    ADD CONSTRAINT ledger_transfer_credit_unit FOREIGN KEY (credit_id, unit) REFERENCES ledger_account (id, unit);

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is not allowed: the ledger is written by its own functions, and what is posted stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', HINT = 'reverse the transfer';
END $$;

CREATE TRIGGER ledger_transfer_frozen BEFORE UPDATE OR DELETE ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_transfer_written BEFORE INSERT ON ledger_transfer FOR EACH ROW
    WHEN (current_setting('linli.ledger', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_transfer_kept BEFORE TRUNCATE ON ledger_transfer FOR EACH STATEMENT
    WHEN (current_setting('linli.wipe', true) IS DISTINCT FROM 'allowed') EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_hold_frozen BEFORE DELETE ON ledger_hold FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_hold_written BEFORE INSERT OR UPDATE ON ledger_hold FOR EACH ROW
    WHEN (current_setting('linli.ledger', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_hold_once BEFORE UPDATE ON ledger_hold FOR EACH ROW
    WHEN (OLD.state <> 'open' OR (OLD.id, OLD.seq, OLD.debit_id, OLD.credit_id, OLD.unit, OLD.amount, OLD.expires_at, OLD.key, OLD.mark)
        IS DISTINCT FROM (NEW.id, NEW.seq, NEW.debit_id, NEW.credit_id, NEW.unit, NEW.amount, NEW.expires_at, NEW.key, NEW.mark))
    EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_hold_kept BEFORE TRUNCATE ON ledger_hold FOR EACH STATEMENT
    WHEN (current_setting('linli.wipe', true) IS DISTINCT FROM 'allowed') EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_account_frozen BEFORE DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_account_written BEFORE INSERT OR UPDATE ON ledger_account FOR EACH ROW
    WHEN (current_setting('linli.ledger', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_account_same BEFORE UPDATE ON ledger_account FOR EACH ROW
    WHEN ((OLD.id, OLD.unit, OLD.kind, OLD.owner_ref, OLD.opened_at) IS DISTINCT FROM (NEW.id, NEW.unit, NEW.kind, NEW.owner_ref, NEW.opened_at))
    EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_account_kept BEFORE TRUNCATE ON ledger_account FOR EACH STATEMENT
    WHEN (current_setting('linli.wipe', true) IS DISTINCT FROM 'allowed') EXECUTE FUNCTION ledger_refuse();
