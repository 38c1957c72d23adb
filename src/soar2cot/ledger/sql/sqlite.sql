-- The statements of the SQLite ledger. `-- name:` begins one, the next comment line says what it gives.

-- name: counters
-- The last numbers given out, and how many groups were ever committed.
SELECT generation, token, seq FROM counters;

-- name: set_counters
-- Written once a group.
UPDATE counters SET generation = :generation, token = :token, seq = :seq;

-- name: add_totals
-- What a group changed in the sums of a run.
INSERT INTO totals (run_id, completed, scored, score_nano, perfect, calls, spent_tokens, spent_nano_usd)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id) DO UPDATE SET
    completed = completed + excluded.completed, scored = scored + excluded.scored,
    score_nano = score_nano + excluded.score_nano, perfect = perfect + excluded.perfect,
    calls = calls + excluded.calls, spent_tokens = spent_tokens + excluded.spent_tokens,
    spent_nano_usd = spent_nano_usd + excluded.spent_nano_usd;

-- name: sums
-- The sums over all runs.
SELECT coalesce(sum(completed), 0), coalesce(sum(scored), 0), coalesce(sum(score_nano), 0),
    coalesce(sum(perfect), 0), coalesce(sum(calls), 0), coalesce(sum(spent_tokens), 0),
    coalesce(sum(spent_nano_usd), 0)
FROM totals;

-- name: half_done
-- Samples neither done nor parked that have calls on record; the answered calls of all samples without a result.
-- The keys come from the index alone: the texts of millions of finished samples are not read.
SELECT count(*) FILTER (WHERE NOT half.parked), coalesce(sum(half.answered), 0)
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
INSERT INTO runs (started_at, config, fingerprint, data_identity, engine_version, host, pid)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: finish_run
-- Closes a run; a second time changes nothing but the reason.
UPDATE runs SET finished_at = coalesce(finished_at, ?), reason = ? WHERE n = ?;

-- name: runs
-- All runs, the oldest first.
SELECT run_id, started_at, finished_at, reason, config, fingerprint, data_identity, engine_version, host, pid
FROM runs ORDER BY n;

-- name: get_meta
-- A small named value.
SELECT value FROM meta WHERE name = ?;

-- name: add_meta
-- Sets a named value that is not set yet.
INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING;

-- name: set_meta
-- Sets a small named value.
INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: get_completed
-- The token and run under which a sample was completed.
SELECT token, run_id FROM completed WHERE round_index = ? AND task_id = ? AND is_hindsight = ?;

-- name: claimable
-- All that decides on a claim, in one look: completed, token and attempt of who has it, earlier attempts, calls.
SELECT
    EXISTS (SELECT 1 FROM completed WHERE round_index = ?1 AND task_id = ?2 AND is_hindsight = ?3),
    (SELECT token FROM claims WHERE round_index = ?1 AND task_id = ?2 AND is_hindsight = ?3),
    (SELECT attempt FROM claims WHERE round_index = ?1 AND task_id = ?2 AND is_hindsight = ?3),
    (SELECT attempts FROM failures WHERE round_index = ?1 AND task_id = ?2 AND is_hindsight = ?3),
    EXISTS (SELECT 1 FROM calls WHERE round_index = ?1 AND task_id = ?2 AND is_hindsight = ?3);

-- name: get_claim
-- Who has a sample.
SELECT token, attempt, run_id FROM claims WHERE round_index = ? AND task_id = ? AND is_hindsight = ?;

-- name: get_failure
-- How often a sample failed.
SELECT attempts, token, error_type, message, failed_at
FROM failures WHERE round_index = ? AND task_id = ? AND is_hindsight = ?;

-- name: put_claim
-- Takes a sample, over a dead claim too.
INSERT OR REPLACE INTO claims (round_index, task_id, is_hindsight, token, attempt, run_id, claimed_at)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: drop_claim
-- Ends the claim of a sample, whoever has it.
DELETE FROM claims WHERE round_index = ? AND task_id = ? AND is_hindsight = ?;

-- name: uncount_claim
-- A released claim over a dead one: the dead one's attempt stays counted.
UPDATE claims SET attempt = attempt - 1, token = 0 WHERE round_index = ? AND task_id = ? AND is_hindsight = ?;

-- name: drop_failure
-- The sample is parked no longer.
DELETE FROM failures WHERE round_index = ? AND task_id = ? AND is_hindsight = ?;

-- name: put_failure
-- Parks a sample.
INSERT OR REPLACE INTO failures
    (round_index, task_id, is_hindsight, attempts, error_type, message, failed_at, run_id, token)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: put_completed
-- Completes a sample; a second one is impossible.
INSERT INTO completed (round_index, task_id, is_hindsight, seq, completed_s, run_id, token)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: put_adopted
-- Completes a sample without a result, unless it is completed.
INSERT INTO completed (round_index, task_id, is_hindsight, seq, completed_s, run_id)
VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (round_index, task_id, is_hindsight) DO NOTHING;

-- name: adopted_claims
-- The claims on samples that were completed after a number.
SELECT k.token FROM claims AS k CROSS JOIN completed AS c USING (round_index, task_id, is_hindsight) WHERE c.seq > ?;

-- name: remove_adopted_claims
-- What was completed after a number needs no worker.
DELETE FROM claims WHERE EXISTS (SELECT 1 FROM completed AS c WHERE c.round_index = claims.round_index
    AND c.task_id = claims.task_id AND c.is_hindsight = claims.is_hindsight AND c.seq > ?);

-- name: remove_adopted_failures
-- What was completed after a number is parked no longer.
DELETE FROM failures WHERE EXISTS (SELECT 1 FROM completed AS c WHERE c.round_index = failures.round_index
    AND c.task_id = failures.task_id AND c.is_hindsight = failures.is_hindsight AND c.seq > ?);

-- name: put_instructions
-- The result of a sample; a second one is impossible.
INSERT INTO instructions (round_index, task_id, is_hindsight, id, task_hash, instructions, input_output_analysis,
    transformation_method, chain_of_thought, model, example_scores, score, step, soar_code, soar_source_model,
    soar_generation, detail, created_s)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: put_guess
-- One of the two answers; a second one of its number is impossible.
INSERT INTO guess (instructions_score_id, guess_number, own_id, grids, model, avg_score, scores, created_s)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: completed_after
-- Completed keys in order of completion.
SELECT seq, task_id, round_index, is_hindsight FROM completed WHERE seq > ? ORDER BY seq LIMIT ?;

-- name: last_completed
-- The number of the completion that was the last.
SELECT coalesce(max(seq), 0) FROM completed;

-- name: completed_text
-- The task ids of every round, original and hindsight, a line each: a third of the time of fetching row by row.
SELECT round_index, group_concat(task_id, char(10)) FILTER (WHERE is_hindsight = 0),
    group_concat(task_id, char(10)) FILTER (WHERE is_hindsight = 1)
FROM completed GROUP BY round_index;

-- name: calls_of
-- The calls of a sample, in order of sending.
SELECT id, place, model, endpoint, prompt_hash, params, answer, reasoning, finish_reason, prompt_tokens,
    cached_tokens, completion_tokens, cost_usd, latency_s, sent_at
FROM calls WHERE round_index = ? AND task_id = ? AND is_hindsight = ? ORDER BY seq;

-- name: put_call
-- A call, announced or answered; one that is known already stays as it is.
INSERT OR IGNORE INTO calls (round_index, task_id, is_hindsight, id, place, model, endpoint, prompt_hash, params,
    answer, reasoning, finish_reason, prompt_tokens, cached_tokens, completion_tokens, cost_usd, latency_s, sent_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: answer_call
-- The answer of an announced call; the first one stays.
UPDATE calls SET answer = ?, reasoning = ?, finish_reason = ?, prompt_tokens = ?, cached_tokens = ?,
    completion_tokens = ?, cost_usd = ?, latency_s = ?
WHERE round_index = ? AND task_id = ? AND is_hindsight = ? AND id = ? AND answer IS NULL;

-- name: has_call
-- Whether a call is on record and answered.
SELECT answer IS NOT NULL FROM calls WHERE round_index = ? AND task_id = ? AND is_hindsight = ? AND id = ?;

-- name: old_call
-- The latest superseded call of this id, and whether it is answered.
SELECT seq, answer IS NOT NULL FROM calls_history
WHERE round_index = ? AND task_id = ? AND is_hindsight = ? AND id = ? ORDER BY batch DESC LIMIT 1;

-- name: answer_old_call
-- The answer of a call whose sample was taken back while it was under way.
UPDATE calls_history SET answer = ?, reasoning = ?, finish_reason = ?, prompt_tokens = ?, cached_tokens = ?,
    completion_tokens = ?, cost_usd = ?, latency_s = ?
WHERE seq = ?;

-- name: failures
-- The parked samples, by key.
SELECT task_id, round_index, is_hindsight, attempts, error_type, message, failed_at
FROM failures ORDER BY task_id, round_index, is_hindsight DESC;

-- name: count_failures
-- How many are parked.
SELECT count(*) FROM failures;

-- name: count_claims
-- How many claims are on record, dead ones included.
SELECT count(*) FROM claims WHERE token > 0;

-- name: record
-- The result of a sample.
SELECT id, task_id, round_index, is_hindsight, task_hash, instructions, input_output_analysis, transformation_method,
    chain_of_thought, model, example_scores, score, step, soar_code, soar_source_model, soar_generation, detail,
    created_at
FROM instructions WHERE round_index = ? AND task_id = ? AND is_hindsight = ?;

-- name: records_after
-- Results by id.
SELECT id, task_id, round_index, is_hindsight, task_hash, instructions, input_output_analysis, transformation_method,
    chain_of_thought, model, example_scores, score, step, soar_code, soar_source_model, soar_generation, detail,
    created_at
FROM instructions WHERE id > ? ORDER BY id LIMIT ?;

-- name: guesses_between
-- The guesses of the results whose ids lie between two, both included.
SELECT id, instructions_score_id, guess_number, grids, model, avg_score, scores
FROM guess WHERE instructions_score_id BETWEEN ? AND ? ORDER BY instructions_score_id, guess_number;

-- name: matching
-- Keys of the results that an expression chooses; it stands in place of the mark.
SELECT task_id, round_index, is_hindsight FROM instructions WHERE (/*where*/)
ORDER BY round_index, task_id, is_hindsight;

-- name: superseded
-- The batches that can be restored, the latest first.
SELECT batch, reason, superseded_at, n_samples FROM superseded WHERE n_samples > 0 ORDER BY batch DESC;

-- name: latest_batch
-- What `restore` takes where no batch is named.
SELECT max(batch) FROM superseded WHERE n_samples > 0;

-- name: has_batch
-- How many samples of a batch can be restored.
SELECT n_samples FROM superseded WHERE batch = ? AND n_samples > 0;

-- name: picked_table
-- The keys of one act, for this connection alone.
CREATE TEMP TABLE IF NOT EXISTS picked (
    round_index INTEGER, task_id TEXT, is_hindsight INTEGER, PRIMARY KEY (round_index, task_id, is_hindsight)
) WITHOUT ROWID;

-- name: clear_picked
-- Empties it.
DELETE FROM picked;

-- name: pick
-- One key of the act.
INSERT OR IGNORE INTO picked (round_index, task_id, is_hindsight) VALUES (?, ?, ?);

-- name: pick_batch
-- The keys of a batch in history.
INSERT INTO picked SELECT round_index, task_id, is_hindsight FROM completed_history WHERE batch = ?;

-- name: unpick_unfinished
-- What is not completed cannot be taken back.
DELETE FROM picked WHERE NOT EXISTS (SELECT 1 FROM completed AS c WHERE c.round_index = picked.round_index
    AND c.task_id = picked.task_id AND c.is_hindsight = picked.is_hindsight);

-- name: count_picked_completed
-- How many of them are completed.
SELECT count(*) FROM picked JOIN completed USING (round_index, task_id, is_hindsight);

-- name: count_picked_calls
-- How many calls they have.
SELECT count(*) FROM picked JOIN calls USING (round_index, task_id, is_hindsight);

-- name: picked_totals
-- What they have in the sums, by run.
SELECT c.run_id, count(*), count(i.id), coalesce(sum(CAST(i.score * 1000000000 + 0.5 AS INTEGER)), 0),
    coalesce(sum(i.score >= 1), 0)
FROM picked JOIN completed AS c USING (round_index, task_id, is_hindsight)
LEFT JOIN instructions AS i USING (round_index, task_id, is_hindsight)
GROUP BY c.run_id;

-- name: put_batch
-- Opens a batch of history.
INSERT INTO superseded (reason, superseded_at, n_samples) VALUES (?, ?, ?);

-- name: keep_completed
-- Completions into history.
INSERT INTO completed_history (batch, round_index, task_id, is_hindsight, completed_s, run_id, token)
SELECT ?, round_index, task_id, is_hindsight, completed_s, run_id, token
FROM picked JOIN completed USING (round_index, task_id, is_hindsight);

-- name: keep_instructions
-- Results into history.
INSERT INTO instructions_history (batch, id, task_id, round_index, is_hindsight, task_hash, instructions,
    input_output_analysis, transformation_method, chain_of_thought, model, example_scores, score, step, soar_code,
    soar_source_model, soar_generation, detail, created_s)
SELECT ?, id, task_id, round_index, is_hindsight, task_hash, instructions, input_output_analysis,
    transformation_method, chain_of_thought, model, example_scores, score, step, soar_code, soar_source_model,
    soar_generation, detail, created_s
FROM picked JOIN instructions USING (round_index, task_id, is_hindsight);

-- name: keep_guesses
-- Guesses into history.
INSERT INTO guess_history (batch, instructions_score_id, guess_number, own_id, grids, model, avg_score, scores,
    created_s)
SELECT ?, g.instructions_score_id, g.guess_number, g.own_id, g.grids, g.model, g.avg_score, g.scores, g.created_s
FROM picked JOIN instructions AS i USING (round_index, task_id, is_hindsight)
JOIN guess AS g ON g.instructions_score_id = i.id;

-- name: keep_calls
-- Calls into history, in their order.
INSERT INTO calls_history (batch, id, task_id, round_index, is_hindsight, place, model, endpoint, prompt_hash, params,
    answer, reasoning, finish_reason, prompt_tokens, cached_tokens, completion_tokens, cost_usd, latency_s, sent_at)
SELECT ?, id, task_id, round_index, is_hindsight, place, model, endpoint, prompt_hash, params, answer, reasoning,
    finish_reason, prompt_tokens, cached_tokens, completion_tokens, cost_usd, latency_s, sent_at
FROM picked JOIN calls USING (round_index, task_id, is_hindsight) ORDER BY calls.seq;

-- name: remove_guesses
-- What stands in history now.
DELETE FROM guess WHERE instructions_score_id IN
    (SELECT id FROM picked JOIN instructions USING (round_index, task_id, is_hindsight));

-- name: remove_instructions
-- What stands in history now.
DELETE FROM instructions WHERE seq IN
    (SELECT seq FROM picked JOIN instructions USING (round_index, task_id, is_hindsight));

-- name: remove_calls
-- What stands in history now.
DELETE FROM calls WHERE seq IN (SELECT seq FROM picked JOIN calls USING (round_index, task_id, is_hindsight));

-- name: remove_completed
-- What stands in history now.
DELETE FROM completed WHERE (round_index, task_id, is_hindsight) IN
    (SELECT round_index, task_id, is_hindsight FROM picked);

-- name: picked_claims
-- The claims on them.
SELECT token FROM picked JOIN claims USING (round_index, task_id, is_hindsight);

-- name: remove_claims
-- A sample that is brought back needs no worker.
DELETE FROM claims WHERE (round_index, task_id, is_hindsight) IN
    (SELECT round_index, task_id, is_hindsight FROM picked);

-- name: remove_failures
-- A sample that is brought back is parked no longer.
DELETE FROM failures WHERE (round_index, task_id, is_hindsight) IN
    (SELECT round_index, task_id, is_hindsight FROM picked);

-- name: back_completed
-- Completions out of history, as the latest ones.
INSERT INTO completed (round_index, task_id, is_hindsight, seq, completed_s, run_id, token)
SELECT round_index, task_id, is_hindsight,
    :seq + row_number() OVER (ORDER BY round_index, task_id, is_hindsight), completed_s, run_id, token
FROM completed_history WHERE batch = :batch;

-- name: back_instructions
-- Results out of history.
INSERT INTO instructions (id, task_id, round_index, is_hindsight, task_hash, instructions, input_output_analysis,
    transformation_method, chain_of_thought, model, example_scores, score, step, soar_code, soar_source_model,
    soar_generation, detail, created_s)
SELECT id, task_id, round_index, is_hindsight, task_hash, instructions, input_output_analysis, transformation_method,
    chain_of_thought, model, example_scores, score, step, soar_code, soar_source_model, soar_generation, detail,
    created_s
FROM instructions_history WHERE batch = ?;

-- name: back_guesses
-- Guesses out of history.
INSERT INTO guess (instructions_score_id, guess_number, own_id, grids, model, avg_score, scores, created_s)
SELECT instructions_score_id, guess_number, own_id, grids, model, avg_score, scores, created_s
FROM guess_history WHERE batch = ?;

-- name: back_calls
-- Calls out of history, in their order.
INSERT INTO calls (id, task_id, round_index, is_hindsight, place, model, endpoint, prompt_hash, params, answer,
    reasoning, finish_reason, prompt_tokens, cached_tokens, completion_tokens, cost_usd, latency_s, sent_at)
SELECT id, task_id, round_index, is_hindsight, place, model, endpoint, prompt_hash, params, answer, reasoning,
    finish_reason, prompt_tokens, cached_tokens, completion_tokens, cost_usd, latency_s, sent_at
FROM calls_history WHERE batch = ? ORDER BY seq;

-- name: drop_completed_history
-- What counts again.
DELETE FROM completed_history WHERE batch = ?;

-- name: drop_instructions_history
-- What counts again.
DELETE FROM instructions_history WHERE batch = ?;

-- name: drop_guess_history
-- What counts again.
DELETE FROM guess_history WHERE batch = ?;

-- name: drop_calls_history
-- What counts again.
DELETE FROM calls_history WHERE batch = ?;

-- name: drop_batch
-- The batch is no history any more.
DELETE FROM superseded WHERE batch = ?;

-- name: check_uncompleted
-- Results of samples that are not completed.
SELECT count(*), min(i.task_id || '/' || i.round_index || '/' || i.data_type) FROM instructions AS i
WHERE NOT EXISTS (SELECT 1 FROM completed AS c WHERE c.round_index = i.round_index AND c.task_id = i.task_id
    AND c.is_hindsight = i.is_hindsight);

-- name: check_missing
-- Completed under a claim, but there is no result.
SELECT count(*), min(c.task_id || '/' || c.round_index || '/' || c.data_type) FROM completed AS c
WHERE c.token IS NOT NULL AND NOT EXISTS (SELECT 1 FROM instructions AS i WHERE i.round_index = c.round_index
    AND i.task_id = c.task_id AND i.is_hindsight = c.is_hindsight);

-- name: check_orphans
-- Guesses of no instructions.
SELECT count(*), min(instructions_score_id) FROM guess
WHERE instructions_score_id NOT IN (SELECT id FROM instructions);

-- name: check_guessless
-- Results without two guesses.
SELECT count(*), min(task_id || '/' || round_index || '/' || data_type) FROM instructions AS i
WHERE (SELECT count(*) FROM guess AS g WHERE g.instructions_score_id = i.id) <> 2;

-- name: check_both
-- Both completed and parked.
SELECT count(*), min(task_id || '/' || round_index) FROM failures JOIN completed
    USING (round_index, task_id, is_hindsight);

-- name: check_claimed
-- Both completed and claimed.
SELECT count(*), min(task_id || '/' || round_index) FROM claims JOIN completed
    USING (round_index, task_id, is_hindsight);

-- name: check_sums
-- Sums that differ from what they sum.
SELECT count(*), min(name || ': ' || kept || ' kept, ' || counted || ' counted') FROM (
    SELECT 'completed' AS name, coalesce(sum(completed), 0) AS kept, (SELECT count(*) FROM completed) AS counted
    FROM totals
    UNION ALL SELECT 'scored', coalesce(sum(scored), 0), (SELECT count(*) FROM instructions) FROM totals
    UNION ALL SELECT 'score', coalesce(sum(score_nano), 0),
        (SELECT coalesce(sum(CAST(score * 1000000000 + 0.5 AS INTEGER)), 0) FROM instructions) FROM totals
    UNION ALL SELECT 'perfect', coalesce(sum(perfect), 0), (SELECT count(*) FROM instructions WHERE score >= 1)
    FROM totals
    UNION ALL SELECT 'calls', coalesce(sum(calls), 0), (SELECT count(*) FROM calls) FROM totals
    UNION ALL SELECT 'tokens', coalesce(sum(spent_tokens), 0),
        (SELECT coalesce(sum(prompt_tokens + completion_tokens), 0) FROM calls WHERE answer IS NOT NULL)
        + (SELECT coalesce(sum(prompt_tokens + completion_tokens), 0) FROM calls_history WHERE answer IS NOT NULL)
    FROM totals
) WHERE kept <> counted;

-- name: mend_orphans
-- A guess of nothing counts for nothing.
DELETE FROM guess WHERE instructions_score_id NOT IN (SELECT id FROM instructions);

-- name: mend_both
-- Completed wins.
DELETE FROM failures WHERE EXISTS (SELECT 1 FROM completed AS c WHERE c.round_index = failures.round_index
    AND c.task_id = failures.task_id AND c.is_hindsight = failures.is_hindsight);

-- name: mend_claimed
-- Completed wins.
DELETE FROM claims WHERE EXISTS (SELECT 1 FROM completed AS c WHERE c.round_index = claims.round_index
    AND c.task_id = claims.task_id AND c.is_hindsight = claims.is_hindsight);

-- name: mend_sums_clear
-- The sums are made anew.
DELETE FROM totals;

-- name: mend_sums
-- From what they sum. A call is of the last run that had begun when it was sent.
INSERT INTO totals (run_id, completed, scored, score_nano, perfect, calls, spent_tokens, spent_nano_usd)
SELECT run_id, sum(completed), sum(scored), sum(score_nano), sum(perfect), sum(calls), sum(tokens), sum(nano_usd)
FROM (
    SELECT c.run_id, count(*) AS completed, count(i.id) AS scored,
        coalesce(sum(CAST(i.score * 1000000000 + 0.5 AS INTEGER)), 0) AS score_nano,
        coalesce(sum(i.score >= 1), 0) AS perfect, 0 AS calls, 0 AS tokens, 0 AS nano_usd
    FROM completed AS c LEFT JOIN instructions AS i USING (round_index, task_id, is_hindsight) GROUP BY c.run_id
    UNION ALL SELECT a.run_id, 0, 0, 0, 0, count(*),
        coalesce(sum(prompt_tokens + completion_tokens) FILTER (WHERE answered), 0),
        coalesce(sum(CAST(cost_usd * 1000000000 + 0.5 AS INTEGER)) FILTER (WHERE answered), 0)
    FROM (
        SELECT coalesce((SELECT 'run-' || max(r.n) FROM runs AS r
                WHERE substr(r.started_at, 1, 19) <= substr(k.sent_at, 1, 19)), '') AS run_id,
            k.answer IS NOT NULL AS answered, k.prompt_tokens, k.completion_tokens, k.cost_usd
        FROM (
            SELECT sent_at, answer, prompt_tokens, completion_tokens, cost_usd FROM calls
            UNION ALL SELECT sent_at, answer, prompt_tokens, completion_tokens, cost_usd FROM calls_history
        ) AS k
    ) AS a GROUP BY a.run_id
    UNION ALL SELECT '', 0, 0, 0, 0, -count(*), 0, 0 FROM calls_history
) AS parts GROUP BY run_id;
