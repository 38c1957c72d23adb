-- The statements of the PostgreSQL ledger. `-- name:` begins one, the next comment line says what it gives.

-- name: add_totals
-- What a group changed in the sums of a run.
INSERT INTO totals (run_id, completed, scored, score_nano, perfect, calls, spent_tokens, spent_nano_usd)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (run_id) DO UPDATE SET
    completed = totals.completed + excluded.completed, scored = totals.scored + excluded.scored,
    score_nano = totals.score_nano + excluded.score_nano, perfect = totals.perfect + excluded.perfect,
    calls = totals.calls + excluded.calls, spent_tokens = totals.spent_tokens + excluded.spent_tokens,
    spent_nano_usd = totals.spent_nano_usd + excluded.spent_nano_usd;

-- name: sums
-- The sums over all runs.
SELECT coalesce(sum(completed), 0)::bigint, coalesce(sum(scored), 0)::bigint, coalesce(sum(score_nano), 0)::bigint,
    coalesce(sum(perfect), 0)::bigint, coalesce(sum(calls), 0)::bigint, coalesce(sum(spent_tokens), 0)::bigint,
    coalesce(sum(spent_nano_usd), 0)::bigint
FROM totals;

-- name: half_done
-- Samples neither done nor parked that have calls on record; the answered calls of all samples without a result.
-- The keys come from the index alone: the texts of millions of finished samples are not read.
SELECT count(*) FILTER (WHERE NOT half.parked), coalesce(sum(half.answered), 0)::bigint
FROM (
    SELECT
        (SELECT count(k.answer) FROM calls AS k WHERE k.round_index = u.round_index
            AND k.task_id = u.task_id AND k.is_hindsight = u.is_hindsight) AS answered,
        EXISTS (SELECT 1 FROM failures AS f WHERE f.round_index = u.round_index
            AND f.task_id = u.task_id AND f.is_hindsight = u.is_hindsight) AS parked
    FROM (SELECT DISTINCT round_index, task_id, is_hindsight FROM calls) AS u
    WHERE NOT EXISTS (
        SELECT 1 FROM completed AS c WHERE c.round_index = u.round_index
            AND c.task_id = u.task_id AND c.is_hindsight = u.is_hindsight)
) AS half;

-- name: start_run
-- Opens a run; its number is its name.
INSERT INTO runs (config, fingerprint, data_identity, engine_version, host, pid)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING run_id;

-- name: claimers
-- The runs on a host that have claims on record.
SELECT DISTINCT r.run_id, r.pid FROM claims AS c JOIN runs AS r USING (run_id)
WHERE r.host = $1 AND c.expires_at > clock_timestamp();

-- name: expire_run
-- Ends the leases of a process that is gone; its attempts stay counted.
UPDATE claims SET expires_at = clock_timestamp() WHERE run_id = ANY($1::text[]);

-- name: finish_run
-- Closes a run; a second time changes nothing but the reason.
UPDATE runs SET finished_at = coalesce(finished_at, now()), reason = $2 WHERE run_id = $1;

-- name: runs
-- All runs, the oldest first.
SELECT run_id, to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), reason, config, fingerprint, data_identity,
    engine_version, host, pid
FROM runs ORDER BY n;

-- name: get_meta
-- A small named value.
SELECT value FROM meta WHERE name = $1;

-- name: add_meta
-- Sets a named value that is not set yet.
INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING;

-- name: set_meta
-- Sets a small named value.
INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: put_claims
-- Takes the samples that nobody alive has, dead claims over; locks in the order of the key.
INSERT INTO claims AS held (round_index, task_id, is_hindsight, token, attempt, run_id, expires_at)
SELECT w.r, w.t, w.h, nextval('claim_token'), 1 + coalesce(f.attempts, 0), $4,
    clock_timestamp() + make_interval(secs => $5)
FROM unnest($1::integer[], $2::text[], $3::smallint[]) AS w (r, t, h)
LEFT JOIN failures AS f ON (f.round_index, f.task_id, f.is_hindsight) = (w.r, w.t, w.h)
WHERE NOT EXISTS (SELECT 1 FROM completed AS c WHERE (c.round_index, c.task_id, c.is_hindsight) = (w.r, w.t, w.h))
ORDER BY w.r, w.t, w.h
ON CONFLICT (round_index, task_id, is_hindsight) DO UPDATE SET token = excluded.token, attempt = held.attempt + 1,
    run_id = excluded.run_id, claimed_at = now(), expires_at = excluded.expires_at
    WHERE held.expires_at <= clock_timestamp()
RETURNING round_index, task_id, is_hindsight, token, attempt;

-- name: drop_claims_of_completed
-- Somebody completed them between the look and the claim.
DELETE FROM claims AS held USING unnest($1::integer[], $2::text[], $3::smallint[]) AS w (r, t, h), completed AS c
WHERE (held.round_index, held.task_id, held.is_hindsight) = (w.r, w.t, w.h)
    AND (c.round_index, c.task_id, c.is_hindsight) = (w.r, w.t, w.h)
RETURNING held.round_index, held.task_id, held.is_hindsight;

-- name: renew
-- Extends the leases that still run.
UPDATE claims AS held SET expires_at = clock_timestamp() + make_interval(secs => $5)
FROM unnest($1::integer[], $2::text[], $3::smallint[], $4::bigint[]) AS w (r, t, h, token)
WHERE (held.round_index, held.task_id, held.is_hindsight, held.token) = (w.r, w.t, w.h, w.token)
    AND held.expires_at > clock_timestamp()
RETURNING held.token;

-- name: expire_claims
-- Ends the leases that a run has on these samples: its worker is dead.
UPDATE claims AS held SET expires_at = clock_timestamp()
FROM unnest($1::integer[], $2::text[], $3::smallint[]) AS w (r, t, h)
WHERE (held.round_index, held.task_id, held.is_hindsight) = (w.r, w.t, w.h) AND held.run_id = $4
    AND held.expires_at > clock_timestamp();

-- name: release
-- A claim that was never taken: gone, or the dead one's attempts without a lease.
WITH mine AS (
    SELECT held.round_index, held.task_id, held.is_hindsight, held.attempt - 1 > coalesce(f.attempts, 0) AS died_before
    FROM claims AS held
    JOIN unnest($1::integer[], $2::text[], $3::smallint[], $4::bigint[]) AS w (r, t, h, token)
        ON (held.round_index, held.task_id, held.is_hindsight, held.token) = (w.r, w.t, w.h, w.token)
    LEFT JOIN failures AS f USING (round_index, task_id, is_hindsight)
    ORDER BY held.round_index, held.task_id, held.is_hindsight
    FOR UPDATE OF held
), kept AS (
    UPDATE claims AS held SET attempt = attempt - 1, token = 0, expires_at = '-infinity' FROM mine
    WHERE mine.died_before
        AND (held.round_index, held.task_id, held.is_hindsight) = (mine.round_index, mine.task_id, mine.is_hindsight)
)
DELETE FROM claims AS held USING mine
WHERE NOT mine.died_before
    AND (held.round_index, held.task_id, held.is_hindsight) = (mine.round_index, mine.task_id, mine.is_hindsight);

-- name: ours
-- Which of these claims still hold; they are locked until the transaction ends.
SELECT held.token FROM claims AS held
JOIN unnest($1::integer[], $2::text[], $3::smallint[], $4::bigint[]) AS w (r, t, h, token)
    ON (held.round_index, held.task_id, held.is_hindsight, held.token) = (w.r, w.t, w.h, w.token)
WHERE held.expires_at > clock_timestamp()
ORDER BY held.round_index, held.task_id, held.is_hindsight
FOR UPDATE OF held;

-- name: completed_tokens
-- Under which claims these samples were completed.
SELECT c.token FROM completed AS c JOIN unnest($1::integer[], $2::text[], $3::smallint[]) AS w (r, t, h)
    ON (c.round_index, c.task_id, c.is_hindsight) = (w.r, w.t, w.h)
WHERE c.token IS NOT NULL;

-- name: drop_claims
-- Ends the claims of these samples, whoever has them.
DELETE FROM claims AS held USING unnest($1::integer[], $2::text[], $3::smallint[]) AS w (r, t, h)
WHERE (held.round_index, held.task_id, held.is_hindsight) = (w.r, w.t, w.h);

-- name: drop_failures
-- These samples are parked no longer.
DELETE FROM failures AS f USING unnest($1::integer[], $2::text[], $3::smallint[]) AS w (r, t, h)
WHERE (f.round_index, f.task_id, f.is_hindsight) = (w.r, w.t, w.h) RETURNING 1;

-- name: put_completed
-- Completes samples; a second one of a key is impossible.
INSERT INTO completed (round_index, task_id, is_hindsight, run_id, token)
SELECT r, t, h, $4, token FROM unnest($1::integer[], $2::text[], $3::smallint[], $5::bigint[]) AS w (r, t, h, token);

-- name: adopt
-- Completions without a result; gives the new ones.
INSERT INTO completed (round_index, task_id, is_hindsight, run_id)
SELECT r, t, h, $4 FROM unnest($1::integer[], $2::text[], $3::smallint[]) AS w (r, t, h) ORDER BY r, t, h
ON CONFLICT (round_index, task_id, is_hindsight) DO NOTHING RETURNING round_index, task_id, is_hindsight;

-- name: put_instructions
-- The result of a sample; a second one is impossible.
INSERT INTO instructions (round_index, task_id, is_hindsight, id, task_hash, instructions, input_output_analysis,
    transformation_method, chain_of_thought, model, example_scores, score, step, soar_code, soar_source_model,
    soar_generation, detail, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, to_timestamp($18::bigint));

-- name: put_guess
-- One of the two answers; a second one of its number is impossible.
INSERT INTO guess (instructions_score_id, guess_number, id, grids, model, avg_score, scores, created_at)
VALUES ($1, $2, coalesce($3, $1 || '-' || $2::integer::text), $4, $5, $6, $7, to_timestamp($8::bigint));

-- name: get_failure
-- How often a sample failed.
SELECT attempts, token, error_type, message, to_char(failed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM failures WHERE round_index = $1 AND task_id = $2 AND is_hindsight = $3;

-- name: put_failure
-- Parks a sample.
INSERT INTO failures (round_index, task_id, is_hindsight, attempts, error_type, message, run_id, token)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (round_index, task_id, is_hindsight) DO UPDATE SET attempts = excluded.attempts,
    error_type = excluded.error_type, message = excluded.message, failed_at = now(), run_id = excluded.run_id,
    token = excluded.token
RETURNING to_char(failed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');

-- name: horizon
-- Every transaction before this one is over and seen.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint;

-- name: completed_before
-- Completed keys of finished transactions, whole transactions only.
SELECT tx, task_id, round_index, is_hindsight FROM completed WHERE tx >= $1 AND tx < $2
ORDER BY tx FETCH FIRST $3 ROWS WITH TIES;

-- name: completed_from
-- All completed keys from a transaction on.
SELECT tx, task_id, round_index, is_hindsight FROM completed WHERE tx >= $1 ORDER BY tx, seq;

-- name: completed_text
-- The task ids of every round and kind, a line each.
SELECT round_index, is_hindsight, string_agg(task_id, E'\n') FROM completed GROUP BY round_index, is_hindsight;

-- name: latest_tx
-- The last transaction that completed a sample.
SELECT coalesce(max(tx), 0) FROM completed;

-- name: renumber
-- The database moved to another server, whose transactions count from elsewhere.
UPDATE completed SET tx = CASE WHEN tx < $1 THEN 1 ELSE 2 END;

-- name: calls_of
-- The calls of a sample, in order of sending.
SELECT id, place, model, endpoint, prompt_hash, params, answer, reasoning, finish_reason, prompt_tokens,
    cached_tokens, completion_tokens, cost_usd, latency_s, sent_at
FROM calls WHERE round_index = $1 AND task_id = $2 AND is_hindsight = $3 ORDER BY seq;

-- name: put_call
-- A call, announced or answered; one that is known already stays as it is.
INSERT INTO calls (round_index, task_id, is_hindsight, id, place, model, endpoint, prompt_hash, params,
    answer, reasoning, finish_reason, prompt_tokens, cached_tokens, completion_tokens, cost_usd, latency_s, sent_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (round_index, task_id, is_hindsight, id) DO NOTHING RETURNING 1;

-- name: answer_call
-- The answer of an announced call; the first one stays.
UPDATE calls SET answer = $1, reasoning = $2, finish_reason = $3, prompt_tokens = $4, cached_tokens = $5,
    completion_tokens = $6, cost_usd = $7, latency_s = $8
WHERE round_index = $9 AND task_id = $10 AND is_hindsight = $11 AND id = $12 AND answer IS NULL RETURNING 1;

-- name: has_call
-- Whether a call is on record and answered.
SELECT answer IS NOT NULL FROM calls WHERE round_index = $1 AND task_id = $2 AND is_hindsight = $3 AND id = $4;

-- name: old_call
-- The latest superseded call of this id, and whether it is answered.
SELECT batch, answer IS NOT NULL FROM calls_history
WHERE round_index = $1 AND task_id = $2 AND is_hindsight = $3 AND id = $4 ORDER BY batch DESC LIMIT 1;

-- name: answer_old_call
-- The answer of a call whose sample was taken back while it was under way.
UPDATE calls_history SET answer = $1, reasoning = $2, finish_reason = $3, prompt_tokens = $4, cached_tokens = $5,
    completion_tokens = $6, cost_usd = $7, latency_s = $8
WHERE round_index = $9 AND task_id = $10 AND is_hindsight = $11 AND id = $12 AND batch = $13;

-- name: failures
-- The parked samples, by key.
SELECT task_id, round_index, is_hindsight, attempts, error_type, message,
    to_char(failed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM failures ORDER BY task_id, round_index, is_hindsight DESC;

-- name: count_failures
-- How many are parked.
SELECT count(*) FROM failures;

-- name: count_claims
-- How many claims live.
SELECT count(*) FROM claims WHERE expires_at > clock_timestamp();

-- name: record
-- The result of a sample.
SELECT id, task_id, round_index, is_hindsight, task_hash, instructions,
    input_output_analysis, transformation_method, chain_of_thought, model, example_scores, score,
    step, soar_code, soar_source_model, soar_generation, detail,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM instructions WHERE round_index = $1 AND task_id = $2 AND is_hindsight = $3;

-- name: records_after
-- Results by id.
SELECT id, task_id, round_index, is_hindsight, task_hash, instructions,
    input_output_analysis, transformation_method, chain_of_thought, model, example_scores, score,
    step, soar_code, soar_source_model, soar_generation, detail,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM instructions WHERE id > $1 ORDER BY id LIMIT $2;

-- name: guesses_of
-- The guesses of these results.
SELECT id, instructions_score_id, guess_number, grids, model, avg_score, scores
FROM guess WHERE instructions_score_id = ANY($1::text[]) ORDER BY instructions_score_id, guess_number;

-- name: matching
-- Keys of the results that an expression chooses; it stands in place of the mark.
SELECT task_id, round_index, is_hindsight FROM instructions WHERE (/*where*/)
ORDER BY round_index, task_id, is_hindsight;

-- name: superseded
-- The batches that can be restored, the latest first.
SELECT batch, reason, to_char(superseded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), n_samples
FROM superseded WHERE n_samples > 0 ORDER BY batch DESC;

-- name: latest_batch
-- What `restore` takes where no batch is named.
SELECT max(batch) FROM superseded WHERE n_samples > 0;

-- name: has_batch
-- How many samples of a batch can be restored; nobody else restores it meanwhile.
SELECT n_samples FROM superseded WHERE batch = $1 AND n_samples > 0 FOR UPDATE;

-- name: picked_table
-- The keys of one act, for its transaction alone.
CREATE TEMP TABLE picked (
    round_index integer, task_id text COLLATE "C", is_hindsight smallint,
    PRIMARY KEY (round_index, task_id, is_hindsight)
) ON COMMIT DROP;

-- name: drop_picked
-- Two acts of one transaction may each have their own.
DROP TABLE IF EXISTS pg_temp.picked;

-- name: pick
-- The keys of the act that are completed; nobody else takes them back meanwhile.
INSERT INTO picked SELECT round_index, task_id, is_hindsight FROM completed
JOIN unnest($1::integer[], $2::text[], $3::smallint[]) AS w (r, t, h)
    ON (round_index, task_id, is_hindsight) = (w.r, w.t, w.h)
ORDER BY 1, 2, 3 FOR UPDATE OF completed ON CONFLICT DO NOTHING;

-- name: pick_batch
-- The keys of a batch in history.
INSERT INTO picked SELECT round_index, task_id, is_hindsight FROM completed_history WHERE batch = $1;

-- name: count_picked_completed
-- How many of them are completed.
SELECT count(*) FROM picked JOIN completed USING (round_index, task_id, is_hindsight);

-- name: count_picked_calls
-- How many calls they have.
SELECT count(*) FROM picked JOIN calls USING (round_index, task_id, is_hindsight);

-- name: picked_totals
-- What they have in the sums, by run.
SELECT c.run_id, count(*), count(i.id), coalesce(sum(floor(i.score * 1000000000 + 0.5)::bigint), 0)::bigint,
    count(*) FILTER (WHERE i.score >= 1)
FROM picked JOIN completed AS c USING (round_index, task_id, is_hindsight)
LEFT JOIN instructions AS i USING (round_index, task_id, is_hindsight)
GROUP BY c.run_id ORDER BY c.run_id;

-- name: put_batch
-- Opens a batch of history.
INSERT INTO superseded (reason, n_samples) VALUES ($1, $2) RETURNING batch;

-- name: keep_completed
-- Completions into history.
INSERT INTO completed_history (batch, round_index, task_id, is_hindsight, completed_at, run_id, token)
SELECT $1, round_index, task_id, is_hindsight, completed_at, run_id, token
FROM picked JOIN completed USING (round_index, task_id, is_hindsight);

-- name: keep_instructions
-- Results into history.
INSERT INTO instructions_history (batch, id, task_id, round_index, is_hindsight, task_hash, instructions,
    input_output_analysis, transformation_method, chain_of_thought, model, example_scores, score,
    step, soar_code, soar_source_model, soar_generation, detail, created_at)
SELECT $1, id, task_id, round_index, is_hindsight, task_hash, instructions,
    input_output_analysis, transformation_method, chain_of_thought, model, example_scores, score,
    step, soar_code, soar_source_model, soar_generation, detail, created_at
FROM picked JOIN instructions USING (round_index, task_id, is_hindsight);

-- name: keep_guesses
-- Guesses into history.
INSERT INTO guess_history (batch, instructions_score_id, guess_number, id, grids, model, avg_score, scores, created_at)
SELECT $1, g.instructions_score_id, g.guess_number, g.id, g.grids, g.model, g.avg_score, g.scores, g.created_at
FROM picked JOIN instructions AS i USING (round_index, task_id, is_hindsight)
JOIN guess AS g ON g.instructions_score_id = i.id;

-- name: keep_calls
-- Calls into history, in their order.
INSERT INTO calls_history (batch, seq, id, task_id, round_index, is_hindsight, place, model, endpoint,
    prompt_hash, params, answer, reasoning, finish_reason, prompt_tokens, cached_tokens, completion_tokens, cost_usd,
    latency_s, sent_at)
SELECT $1, seq, id, task_id, round_index, is_hindsight, place, model, endpoint,
    prompt_hash, params, answer, reasoning, finish_reason, prompt_tokens, cached_tokens, completion_tokens, cost_usd,
    latency_s, sent_at
FROM picked JOIN calls USING (round_index, task_id, is_hindsight);

-- name: remove_guesses
-- What stands in history now.
DELETE FROM guess USING picked AS p, instructions AS i
WHERE (i.round_index, i.task_id, i.is_hindsight) = (p.round_index, p.task_id, p.is_hindsight)
    AND guess.instructions_score_id = i.id;

-- name: remove_instructions
-- What stands in history now.
DELETE FROM instructions AS x USING picked AS p
WHERE (x.round_index, x.task_id, x.is_hindsight) = (p.round_index, p.task_id, p.is_hindsight);

-- name: remove_calls
-- What stands in history now.
DELETE FROM calls AS x USING picked AS p
WHERE (x.round_index, x.task_id, x.is_hindsight) = (p.round_index, p.task_id, p.is_hindsight);

-- name: remove_completed
-- What stands in history now.
DELETE FROM completed AS x USING picked AS p
WHERE (x.round_index, x.task_id, x.is_hindsight) = (p.round_index, p.task_id, p.is_hindsight);

-- name: remove_claims
-- A sample that is brought back needs no worker.
DELETE FROM claims AS x USING picked AS p
WHERE (x.round_index, x.task_id, x.is_hindsight) = (p.round_index, p.task_id, p.is_hindsight);

-- name: remove_failures
-- A sample that is brought back is parked no longer.
DELETE FROM failures AS x USING picked AS p
WHERE (x.round_index, x.task_id, x.is_hindsight) = (p.round_index, p.task_id, p.is_hindsight);

-- name: back_completed
-- Completions out of history, as the latest ones.
INSERT INTO completed (round_index, task_id, is_hindsight, completed_at, run_id, token)
SELECT round_index, task_id, is_hindsight, completed_at, run_id, token
FROM completed_history WHERE batch = $1 ORDER BY round_index, task_id, is_hindsight;

-- name: back_instructions
-- Results out of history.
INSERT INTO instructions (id, task_id, round_index, is_hindsight, task_hash, instructions,
    input_output_analysis, transformation_method, chain_of_thought, model, example_scores, score,
    step, soar_code, soar_source_model, soar_generation, detail, created_at)
SELECT id, task_id, round_index, is_hindsight, task_hash, instructions,
    input_output_analysis, transformation_method, chain_of_thought, model, example_scores, score,
    step, soar_code, soar_source_model, soar_generation, detail, created_at
FROM instructions_history WHERE batch = $1;

-- name: back_guesses
-- Guesses out of history.
INSERT INTO guess (instructions_score_id, guess_number, id, grids, model, avg_score, scores, created_at)
SELECT instructions_score_id, guess_number, id, grids, model, avg_score, scores, created_at
FROM guess_history WHERE batch = $1;

-- name: back_calls
-- Calls out of history, in their order.
INSERT INTO calls (seq, id, task_id, round_index, is_hindsight, place, model, endpoint,
    prompt_hash, params, answer, reasoning, finish_reason, prompt_tokens, cached_tokens, completion_tokens, cost_usd,
    latency_s, sent_at)
OVERRIDING SYSTEM VALUE SELECT seq, id, task_id, round_index, is_hindsight, place, model, endpoint,
    prompt_hash, params, answer, reasoning, finish_reason, prompt_tokens, cached_tokens, completion_tokens, cost_usd,
    latency_s, sent_at
FROM calls_history WHERE batch = $1;

-- name: drop_completed_history
-- What counts again.
DELETE FROM completed_history WHERE batch = $1;

-- name: drop_instructions_history
-- What counts again.
DELETE FROM instructions_history WHERE batch = $1;

-- name: drop_guess_history
-- What counts again.
DELETE FROM guess_history WHERE batch = $1;

-- name: drop_calls_history
-- What counts again.
DELETE FROM calls_history WHERE batch = $1;

-- name: drop_batch
-- The batch is no history any more.
DELETE FROM superseded WHERE batch = $1;

-- name: check_uncompleted
-- Results of samples that are not completed.
SELECT count(*), min(i.task_id || '/' || i.round_index || '/' || i.data_type) FROM instructions AS i
WHERE NOT EXISTS (SELECT 1 FROM completed AS c
    WHERE (c.round_index, c.task_id, c.is_hindsight) = (i.round_index, i.task_id, i.is_hindsight));

-- name: check_missing
-- Completed under a claim, but there is no result.
SELECT count(*), min(c.task_id || '/' || c.round_index || '/' || c.data_type) FROM completed AS c
WHERE c.token IS NOT NULL AND NOT EXISTS (SELECT 1 FROM instructions AS i
    WHERE (i.round_index, i.task_id, i.is_hindsight) = (c.round_index, c.task_id, c.is_hindsight));

-- name: check_orphans
-- Guesses of no instructions.
SELECT count(*), min(instructions_score_id) FROM guess AS g
WHERE NOT EXISTS (SELECT 1 FROM instructions AS i WHERE i.id = g.instructions_score_id);

-- name: check_guessless
-- Results without two guesses.
SELECT count(*), min(i.task_id || '/' || i.round_index || '/' || i.data_type) FROM instructions AS i
WHERE (SELECT count(*) FROM guess AS g WHERE g.instructions_score_id = i.id) <> 2;

-- name: check_both
-- Both completed and parked.
SELECT count(*), min(f.task_id || '/' || f.round_index || '/' || f.data_type) FROM failures AS f
JOIN completed USING (round_index, task_id, is_hindsight);

-- name: check_claimed
-- Both completed and claimed.
SELECT count(*), min(f.task_id || '/' || f.round_index || '/' || f.data_type) FROM claims AS f
JOIN completed USING (round_index, task_id, is_hindsight);

-- name: check_sums
-- Sums that differ from what they sum.
SELECT count(*), min(name || ': ' || kept || ' kept, ' || counted || ' counted') FROM (
    SELECT 'completed' AS name, coalesce(sum(completed), 0)::bigint AS kept, (SELECT count(*) FROM completed)
    AS counted FROM totals
    UNION ALL SELECT 'scored' AS name, coalesce(sum(scored), 0)::bigint AS kept,
        (SELECT count(*) FROM instructions)
    AS counted FROM totals
    UNION ALL SELECT 'score' AS name, coalesce(sum(score_nano), 0)::bigint AS kept,
        (SELECT coalesce(sum(floor(score * 1000000000 + 0.5)::bigint), 0) FROM instructions)
    AS counted FROM totals
    UNION ALL SELECT 'perfect' AS name, coalesce(sum(perfect), 0)::bigint AS kept,
        (SELECT count(*) FROM instructions WHERE score >= 1)
    AS counted FROM totals
    UNION ALL SELECT 'calls' AS name, coalesce(sum(calls), 0)::bigint AS kept, (SELECT count(*) FROM calls)
    AS counted FROM totals
    UNION ALL SELECT 'tokens' AS name, coalesce(sum(spent_tokens), 0)::bigint AS kept,
        (SELECT coalesce(sum(prompt_tokens + completion_tokens), 0) FROM calls WHERE answer IS NOT NULL)
        + (SELECT coalesce(sum(prompt_tokens + completion_tokens), 0) FROM calls_history WHERE answer IS NOT NULL)
    AS counted FROM totals
) AS sums WHERE kept <> counted;

-- name: mend_orphans
-- A guess of nothing counts for nothing.
DELETE FROM guess AS g WHERE NOT EXISTS (SELECT 1 FROM instructions AS i WHERE i.id = g.instructions_score_id);

-- name: mend_both
-- Completed wins.
DELETE FROM failures AS x USING completed AS c
WHERE (x.round_index, x.task_id, x.is_hindsight) = (c.round_index, c.task_id, c.is_hindsight);

-- name: mend_claimed
-- Completed wins.
DELETE FROM claims AS x USING completed AS c
WHERE (x.round_index, x.task_id, x.is_hindsight) = (c.round_index, c.task_id, c.is_hindsight);

-- name: mend_sums_clear
-- The sums are made anew.
DELETE FROM totals;

-- name: mend_sums
-- From what they sum. A call is of the last run that had begun when it was sent.
INSERT INTO totals (run_id, completed, scored, score_nano, perfect, calls, spent_tokens, spent_nano_usd)
SELECT run_id, sum(completed), sum(scored), sum(score_nano), sum(perfect), sum(calls), sum(tokens), sum(nano_usd)
FROM (
    SELECT c.run_id, count(*) AS completed, count(i.id) AS scored,
        coalesce(sum(floor(i.score * 1000000000 + 0.5)::bigint), 0) AS score_nano,
        count(*) FILTER (WHERE i.score >= 1) AS perfect, 0 AS calls, 0 AS tokens, 0 AS nano_usd
    FROM completed AS c LEFT JOIN instructions AS i USING (round_index, task_id, is_hindsight) GROUP BY c.run_id
    UNION ALL SELECT a.run_id, 0, 0, 0, 0, count(*),
        coalesce(sum(prompt_tokens + completion_tokens) FILTER (WHERE answered), 0),
        coalesce(sum(floor(cost_usd * 1000000000 + 0.5)::bigint) FILTER (WHERE answered), 0)
    FROM (
        SELECT coalesce((SELECT 'run-' || max(r.n) FROM runs AS r
                WHERE to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') <= left(k.sent_at, 19)), '')
                AS run_id,
            k.answer IS NOT NULL AS answered, k.prompt_tokens, k.completion_tokens, k.cost_usd
        FROM (
            SELECT sent_at, answer, prompt_tokens, completion_tokens, cost_usd FROM calls
            UNION ALL SELECT sent_at, answer, prompt_tokens, completion_tokens, cost_usd FROM calls_history
        ) AS k
    ) AS a GROUP BY a.run_id
    UNION ALL SELECT '', 0, 0, 0, 0, -count(*), 0, 0 FROM calls_history
) AS parts GROUP BY run_id;
