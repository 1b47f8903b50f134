-- The ledger's own hands. One call is one operation and one round trip; nothing else may write these tables (0003_guards.sql).
--
-- Order of locks, the same for everybody: holds by id, then accounts by id. Refusals come in the order of kernel.errors.Refusal.
-- Every function answers with a code: ok, again (this key was answered before: same answer), conflict (this key came with other
-- inputs), missing (no such hold or transfer), or the code of a refusal. A refusal changes nothing.
--
-- `linli.ledger` is on only around the writes below; an error inside takes it back with everything else.

CREATE SEQUENCE ledger_seq;

CREATE TYPE ledger_answer AS (
    code text, id uuid, place text, mark bytea, room bigint, debit uuid, credit uuid, unit text, amount bigint, reason text, about text
);

-- Microseconds since 1970 as text: one spelling of a moment inside marks.
CREATE FUNCTION ledger_us(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT (extract(epoch FROM moment) * 1000000)::bigint::text
$$;

-- SHA-256 over a version line and one field a line; NULL is written '-'. core/marks.py computes the same.
CREATE FUNCTION ledger_mark(parts text[]) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(array_to_string(parts, E'\n', '-'), 'UTF8'))
$$;

CREATE FUNCTION ledger_account_mark(a ledger_account) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT ledger_mark(ARRAY['linli.ledger.account.v1', a.id::text, a.unit, a.kind, a.owner_ref, a.place_code, a.floor::text, a.cap::text,
        ledger_us(a.opened_at), ledger_us(a.closed_at)])
$$;

-- Open an account, or return the one that is there; a closed one opens again.
CREATE FUNCTION ledger_account_open(
    p_id uuid, p_owner text, p_unit text, p_kind text, p_place text, p_floor bigint, p_cap bigint, p_now timestamptz
) RETURNS ledger_answer LANGUAGE plpgsql AS $$
DECLARE
    a ledger_account;
    r ledger_answer;
BEGIN
    a.id := p_id; a.unit := p_unit; a.kind := p_kind; a.owner_ref := p_owner; a.place_code := p_place;
    a.floor := p_floor; a.cap := p_cap; a.opened_at := p_now;
    a.mark := ledger_account_mark(a);
    PERFORM set_config('linli.ledger', 'on', true);
    INSERT INTO ledger_account (id, unit, kind, owner_ref, place_code, debits_pending, debits_posted, credits_pending, credits_posted,
        floor, cap, opened_at, mark, head)
    VALUES (p_id, p_unit, p_kind, p_owner, p_place, 0, 0, 0, 0, p_floor, p_cap, p_now, a.mark, ''::bytea)
    ON CONFLICT (owner_ref, unit, kind) DO NOTHING;
    IF FOUND THEN
        r.code := 'ok';
    ELSE
        SELECT * INTO a FROM ledger_account WHERE owner_ref = p_owner AND unit = p_unit AND kind = p_kind FOR NO KEY UPDATE;
        r.code := 'again';
        IF a.closed_at IS NOT NULL THEN
            a.closed_at := NULL;
            a.mark := ledger_account_mark(a);
            UPDATE ledger_account SET closed_at = NULL, mark = a.mark WHERE id = a.id;
            r.code := 'ok';
        END IF;
    END IF;
    PERFORM set_config('linli.ledger', 'off', true);
    r.id := a.id; r.place := a.place_code; r.mark := a.mark; r.unit := a.unit;
    RETURN r;
END $$;

-- Close an empty account; closing a closed one changes nothing.
CREATE FUNCTION ledger_account_close(p_id uuid, p_now timestamptz) RETURNS ledger_answer
LANGUAGE plpgsql AS $$
DECLARE
    a ledger_account;
    r ledger_answer;
BEGIN
    SELECT * INTO a FROM ledger_account WHERE id = p_id FOR NO KEY UPDATE;
    r.id := a.id; r.place := a.place_code; r.unit := a.unit;
    r.code := CASE
        WHEN a.id IS NULL THEN 'account_unknown'
        WHEN a.closed_at IS NOT NULL THEN 'again'
        WHEN a.debits_pending + a.credits_pending > 0 OR a.debits_posted <> a.credits_posted THEN 'account_not_empty'
        ELSE 'ok' END;
    IF r.code = 'ok' THEN
        a.closed_at := p_now;
        r.mark := ledger_account_mark(a);
        PERFORM set_config('linli.ledger', 'on', true);
        UPDATE ledger_account SET closed_at = p_now, mark = r.mark WHERE id = p_id;
        PERFORM set_config('linli.ledger', 'off', true);
    END IF;
    RETURN r;
END $$;

-- Change an account's limits; new limits that what is there already breaks are refused.
CREATE FUNCTION ledger_account_limit(p_id uuid, p_floor bigint, p_cap bigint) RETURNS ledger_answer
LANGUAGE plpgsql AS $$
DECLARE
    a ledger_account;
    r ledger_answer;
BEGIN
    SELECT * INTO a FROM ledger_account WHERE id = p_id FOR NO KEY UPDATE;
    r.id := a.id; r.place := a.place_code; r.unit := a.unit;
    r.code := CASE
        WHEN a.id IS NULL THEN 'account_unknown'
        WHEN a.floor IS NOT DISTINCT FROM p_floor AND a.cap IS NOT DISTINCT FROM p_cap THEN 'again'
        WHEN a.credits_posted - a.debits_posted - a.debits_pending < p_floor THEN 'over_limit'
        WHEN a.credits_posted + a.credits_pending - a.debits_posted > p_cap THEN 'over_cap'
        ELSE 'ok' END;
    IF r.code = 'ok' THEN
        a.floor := p_floor;
        a.cap := p_cap;
        r.mark := ledger_account_mark(a);
        PERFORM set_config('linli.ledger', 'on', true);
        UPDATE ledger_account SET floor = p_floor, cap = p_cap, mark = r.mark WHERE id = p_id;
        PERFORM set_config('linli.ledger', 'off', true);
    END IF;
    RETURN r;
END $$;

-- Lock holds and accounts (their own and those named) for the rest of the transaction, and return the accounts.
CREATE FUNCTION ledger_lock(p_holds uuid[], p_accounts uuid[]) RETURNS SETOF ledger_account LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM ledger_hold WHERE id = ANY (p_holds) ORDER BY id FOR NO KEY UPDATE;
    RETURN QUERY SELECT * FROM ledger_account
        WHERE id = ANY (p_accounts || ARRAY(SELECT unnest(ARRAY[debit_id, credit_id]) FROM ledger_hold WHERE id = ANY (p_holds)))
        ORDER BY id FOR NO KEY UPDATE;
END $$;

-- Why an amount may not move from d to c, or NULL; shared by holds and transfers.
CREATE FUNCTION ledger_refusal(d ledger_account, c ledger_account, p_amount bigint, p_reverses uuid) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE
        WHEN d.id IS NULL OR c.id IS NULL THEN 'account_unknown'
        WHEN d.closed_at IS NOT NULL OR c.closed_at IS NOT NULL THEN 'account_closed'
        WHEN d.unit <> c.unit THEN 'units_differ'
        WHEN p_amount <= 0 THEN 'not_positive'
        WHEN p_reverses IS NOT NULL AND EXISTS (SELECT FROM ledger_transfer WHERE reverses_id = p_reverses) THEN 'already_reversed'
        WHEN d.credits_posted - d.debits_posted - d.debits_pending - p_amount < d.floor THEN 'over_limit'
        WHEN c.credits_posted + c.credits_pending - c.debits_posted + p_amount > c.cap THEN 'over_cap'
    END;
END $$;

-- Move an amount at once, or with p_expires keep it back as a hold.
CREATE FUNCTION ledger_move(
    p_id uuid, p_debit uuid, p_credit uuid, p_amount bigint, p_expires timestamptz, p_reverses uuid, p_reason text, p_about text,
    p_actor text, p_key text, p_hash bytea, p_occurred timestamptz, p_now timestamptz
) RETURNS ledger_answer LANGUAGE plpgsql AS $$
DECLARE
    d ledger_account;
    c ledger_account;
    r ledger_answer;
    seen bytea;
    n bigint;
BEGIN
    IF p_debit < p_credit THEN
        SELECT * INTO d FROM ledger_account WHERE id = p_debit FOR NO KEY UPDATE;
        SELECT * INTO c FROM ledger_account WHERE id = p_credit FOR NO KEY UPDATE;
    ELSE
        SELECT * INTO c FROM ledger_account WHERE id = p_credit FOR NO KEY UPDATE;
        SELECT * INTO d FROM ledger_account WHERE id = p_debit FOR NO KEY UPDATE;
    END IF;
    -- A racing twin waited at the locks above; this statement sees what it committed.
    IF p_expires IS NULL THEN
        SELECT t.id, t.inputs_hash, t.mark INTO r.id, seen, r.mark FROM ledger_transfer t WHERE t.key = p_key;
    ELSE
        SELECT h.id, h.inputs_hash, h.mark INTO r.id, seen, r.mark FROM ledger_hold h WHERE h.key = p_key;
    END IF;
    IF seen IS NOT NULL THEN
        r.code := CASE WHEN seen = p_hash THEN 'again' ELSE 'conflict' END;
        RETURN r;
    END IF;
    r.code := CASE
        WHEN p_expires <= p_now THEN 'time_past'
        WHEN p_debit = p_credit THEN 'same_account'
        ELSE ledger_refusal(d, c, p_amount, p_reverses) END;
    IF r.code IS NOT NULL THEN
        r.room := CASE r.code WHEN 'over_limit' THEN d.credits_posted - d.debits_posted - d.debits_pending - d.floor
            WHEN 'over_cap' THEN c.cap - c.credits_posted - c.credits_pending + c.debits_posted END;
        RETURN r;
    END IF;
    n := nextval('ledger_seq');
    PERFORM set_config('linli.ledger', 'on', true);
    r.id := p_id; r.place := d.place_code; r.debit := d.id; r.credit := c.id; r.unit := d.unit; r.amount := p_amount;
    r.reason := p_reason; r.about := p_about;
    IF p_expires IS NULL THEN
        r.mark := ledger_mark(ARRAY['linli.ledger.transfer.v1', p_id::text, n::text, d.id::text, c.id::text, d.unit, p_amount::text, NULL,
            p_reverses::text, (d.credits_posted - d.debits_posted - p_amount)::text, (c.credits_posted - c.debits_posted + p_amount)::text,
            p_reason, p_about, p_actor, p_key, encode(p_hash, 'hex'), ledger_us(p_occurred), ledger_us(p_now)]);
        INSERT INTO ledger_transfer (id, seq, debit_id, credit_id, unit, amount, hold_id, reverses_id, debit_after, credit_after,
            reason, about, actor_ref, key, inputs_hash, occurred_at, recorded_at, mark)
        VALUES (p_id, n, d.id, c.id, d.unit, p_amount, NULL, p_reverses, d.credits_posted - d.debits_posted - p_amount,
            c.credits_posted - c.debits_posted + p_amount, p_reason, p_about, p_actor, p_key, p_hash, p_occurred, p_now, r.mark)
        ON CONFLICT (key) DO NOTHING;
    ELSE
        r.mark := ledger_mark(ARRAY['linli.ledger.hold.v1', p_id::text, n::text, d.id::text, c.id::text, d.unit, p_amount::text,
            ledger_us(p_expires), p_reason, p_about, p_actor, p_key, encode(p_hash, 'hex'), ledger_us(p_occurred), ledger_us(p_now)]);
        INSERT INTO ledger_hold (id, seq, debit_id, credit_id, unit, amount, expires_at, state, reason, about, actor_ref, key,
            inputs_hash, occurred_at, recorded_at, mark)
        VALUES (p_id, n, d.id, c.id, d.unit, p_amount, p_expires, 'open', p_reason, p_about, p_actor, p_key, p_hash, p_occurred, p_now,
            r.mark)
        ON CONFLICT (key) DO NOTHING;
    END IF;
    IF NOT FOUND THEN
        -- The key was taken meanwhile by a step between other accounts: a twin would have met us at the locks.
        PERFORM set_config('linli.ledger', 'off', true);
        r.code := 'conflict';
        RETURN r;
    END IF;
    IF p_expires IS NULL THEN
        UPDATE ledger_account SET debits_posted = debits_posted + p_amount, head = sha256(head || r.mark) WHERE id = d.id;
        UPDATE ledger_account SET credits_posted = credits_posted + p_amount, head = sha256(head || r.mark) WHERE id = c.id;
    ELSE
        UPDATE ledger_account SET debits_pending = debits_pending + p_amount, head = sha256(head || r.mark) WHERE id = d.id;
        UPDATE ledger_account SET credits_pending = credits_pending + p_amount, head = sha256(head || r.mark) WHERE id = c.id;
    END IF;
    PERFORM set_config('linli.ledger', 'off', true);
    r.code := 'ok';
    RETURN r;
END $$;

-- Move back what a transfer moved, once. The amount is read from the transfer itself.
CREATE FUNCTION ledger_reverse(
    p_id uuid, p_transfer uuid, p_reason text, p_actor text, p_key text, p_hash bytea, p_occurred timestamptz, p_now timestamptz
) RETURNS ledger_answer LANGUAGE plpgsql AS $$
DECLARE
    t ledger_transfer;
    r ledger_answer;
BEGIN
    SELECT * INTO t FROM ledger_transfer WHERE id = p_transfer;
    IF NOT FOUND THEN
        r.code := 'missing';
        RETURN r;
    END IF;
    RETURN ledger_move(p_id, t.credit_id, t.debit_id, t.amount, NULL, t.id, p_reason, t.about, p_actor, p_key, p_hash, p_occurred, p_now);
END $$;

-- Post an open hold in part or whole (p_amount NULL); the rest returns by itself.
CREATE FUNCTION ledger_hold_post(
    p_id uuid, p_hold uuid, p_amount bigint, p_actor text, p_key text, p_hash bytea, p_occurred timestamptz, p_now timestamptz
) RETURNS ledger_answer LANGUAGE plpgsql AS $$
DECLARE
    h ledger_hold;
    d ledger_account;
    c ledger_account;
    r ledger_answer;
    seen bytea;
    n bigint;
    v_amount bigint;
    v_end bytea;
BEGIN
    SELECT * INTO h FROM ledger_hold WHERE id = p_hold FOR NO KEY UPDATE;
    IF h.debit_id < h.credit_id THEN
        SELECT * INTO d FROM ledger_account WHERE id = h.debit_id FOR NO KEY UPDATE;
        SELECT * INTO c FROM ledger_account WHERE id = h.credit_id FOR NO KEY UPDATE;
    ELSE
        SELECT * INTO c FROM ledger_account WHERE id = h.credit_id FOR NO KEY UPDATE;
        SELECT * INTO d FROM ledger_account WHERE id = h.debit_id FOR NO KEY UPDATE;
    END IF;
    SELECT t.id, t.inputs_hash, t.mark INTO r.id, seen, r.mark FROM ledger_transfer t WHERE t.key = p_key;
    v_amount := coalesce(p_amount, h.amount);
    r.code := CASE
        WHEN seen IS NOT NULL THEN CASE WHEN seen = p_hash THEN 'again' ELSE 'conflict' END
        WHEN h.id IS NULL THEN 'missing'
        WHEN v_amount <= 0 THEN 'not_positive'
        WHEN h.state <> 'open' OR h.expires_at <= p_now THEN 'hold_gone'
        WHEN v_amount > h.amount THEN 'over_hold' END;
    IF r.code IS NOT NULL THEN
        r.room := h.amount;
        RETURN r;
    END IF;
    n := nextval('ledger_seq');
    PERFORM set_config('linli.ledger', 'on', true);
    r.id := p_id; r.place := d.place_code; r.debit := d.id; r.credit := c.id; r.unit := h.unit; r.amount := v_amount;
    r.reason := h.reason; r.about := h.about;
    r.mark := ledger_mark(ARRAY['linli.ledger.transfer.v1', p_id::text, n::text, d.id::text, c.id::text, h.unit, v_amount::text, h.id::text,
        NULL, (d.credits_posted - d.debits_posted - v_amount)::text, (c.credits_posted - c.debits_posted + v_amount)::text, h.reason,
        h.about, p_actor, p_key, encode(p_hash, 'hex'), ledger_us(p_occurred), ledger_us(p_now)]);
    INSERT INTO ledger_transfer (id, seq, debit_id, credit_id, unit, amount, hold_id, reverses_id, debit_after, credit_after,
        reason, about, actor_ref, key, inputs_hash, occurred_at, recorded_at, mark)
    VALUES (p_id, n, d.id, c.id, h.unit, v_amount, h.id, NULL, d.credits_posted - d.debits_posted - v_amount,
        c.credits_posted - c.debits_posted + v_amount, h.reason, h.about, p_actor, p_key, p_hash, p_occurred, p_now, r.mark)
    ON CONFLICT (key) DO NOTHING;
    IF NOT FOUND THEN
        PERFORM set_config('linli.ledger', 'off', true);
        r.code := 'conflict';
        RETURN r;
    END IF;
    v_end := ledger_mark(ARRAY['linli.ledger.end.v1', h.id::text, 'posted', n::text, ledger_us(p_now), NULL, p_actor, NULL, NULL]);
    UPDATE ledger_hold SET state = 'posted', ended_at = p_now, end_seq = n, end_actor_ref = p_actor, end_mark = v_end WHERE id = h.id;
    UPDATE ledger_account SET debits_pending = debits_pending - h.amount, debits_posted = debits_posted + v_amount,
        head = sha256(head || r.mark) WHERE id = d.id;
    UPDATE ledger_account SET credits_pending = credits_pending - h.amount, credits_posted = credits_posted + v_amount,
        head = sha256(head || r.mark) WHERE id = c.id;
    PERFORM set_config('linli.ledger', 'off', true);
    r.code := 'ok';
    RETURN r;
END $$;

-- Give a locked open hold back. Used by void and expiry, which hold the locks.
CREATE FUNCTION ledger_give_back(
    h ledger_hold, p_state text, p_reason text, p_actor text, p_key text, p_hash bytea, p_now timestamptz
) RETURNS ledger_answer LANGUAGE plpgsql AS $$
DECLARE
    r ledger_answer;
    n bigint := nextval('ledger_seq');
BEGIN
    r.mark := ledger_mark(ARRAY['linli.ledger.end.v1', h.id::text, p_state, n::text, ledger_us(p_now), p_reason, p_actor, p_key,
        encode(p_hash, 'hex')]);
    PERFORM set_config('linli.ledger', 'on', true);
    UPDATE ledger_hold SET state = p_state, ended_at = p_now, end_seq = n, end_reason = p_reason, end_actor_ref = p_actor,
        end_key = p_key, end_hash = p_hash, end_mark = r.mark WHERE id = h.id;
    UPDATE ledger_account SET debits_pending = debits_pending - h.amount, head = sha256(head || r.mark) WHERE id = h.debit_id
        RETURNING place_code INTO r.place;
    UPDATE ledger_account SET credits_pending = credits_pending - h.amount, head = sha256(head || r.mark) WHERE id = h.credit_id;
    PERFORM set_config('linli.ledger', 'off', true);
    r.code := 'ok'; r.id := h.id; r.debit := h.debit_id; r.credit := h.credit_id; r.unit := h.unit; r.amount := h.amount;
    r.reason := p_reason; r.about := h.about;
    RETURN r;
END $$;

CREATE FUNCTION ledger_hold_void(
    p_hold uuid, p_reason text, p_actor text, p_key text, p_hash bytea, p_now timestamptz
) RETURNS ledger_answer LANGUAGE plpgsql AS $$
DECLARE
    h ledger_hold;
    r ledger_answer;
    seen bytea;
BEGIN
    SELECT * INTO h FROM ledger_hold WHERE id = p_hold FOR NO KEY UPDATE;
    PERFORM 1 FROM ledger_account WHERE id IN (h.debit_id, h.credit_id) ORDER BY id FOR NO KEY UPDATE;
    SELECT o.id, o.end_hash, o.end_mark INTO r.id, seen, r.mark FROM ledger_hold o WHERE o.end_key = p_key;
    r.code := CASE
        WHEN seen IS NOT NULL THEN CASE WHEN seen = p_hash THEN 'again' ELSE 'conflict' END
        WHEN h.id IS NULL THEN 'missing'
        WHEN h.state <> 'open' OR h.expires_at <= p_now THEN 'hold_gone' END;
    IF r.code IS NOT NULL THEN
        RETURN r;
    END IF;
    RETURN ledger_give_back(h, 'voided', p_reason, p_actor, p_key, p_hash, p_now);
END $$;

-- Give back holds whose time has run out (of p_holds, or NULL: of all), oldest first. Waits for nobody: what others hold locked is left
-- for the next round.
CREATE FUNCTION ledger_expire_due(p_holds uuid[], p_limit int, p_actor text, p_now timestamptz) RETURNS SETOF ledger_answer
LANGUAGE plpgsql AS $$
DECLARE
    due uuid[];
    free uuid[];
    h ledger_hold;
BEGIN
    due := ARRAY(SELECT id FROM ledger_hold
        WHERE state = 'open' AND expires_at <= p_now AND (p_holds IS NULL OR id = ANY (p_holds))
        ORDER BY expires_at LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED);
    free := ARRAY(SELECT id FROM ledger_account
        WHERE id = ANY (ARRAY(SELECT unnest(ARRAY[debit_id, credit_id]) FROM ledger_hold WHERE id = ANY (due)))
        FOR NO KEY UPDATE SKIP LOCKED);
    FOR h IN SELECT * FROM ledger_hold WHERE id = ANY (due) AND debit_id = ANY (free) AND credit_id = ANY (free) ORDER BY expires_at, id
    LOOP
        RETURN NEXT ledger_give_back(h, 'expired', 'expired', p_actor, NULL, NULL, p_now);
    END LOOP;
END $$;
