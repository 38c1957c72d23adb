-- Schema 1. Never edited once released: a change is a new file.
--
-- A key is (task_id, round_index, is_hindsight): 0 and 1 take no byte in SQLite, `data_type` is derived from them.
-- The key stands round first in every index: samples come round by round, so that rows are appended and a commit
-- costs the same at five million rows as at none. Times are kept as seconds (`…_s`) and read as text (`…_at`).

CREATE TABLE migrations (
    version INTEGER PRIMARY KEY,
    applied_at TEXT NOT NULL
);

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE counters (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    generation INTEGER NOT NULL,
    token INTEGER NOT NULL,
    seq INTEGER NOT NULL
);

INSERT INTO counters (one, generation, token, seq) VALUES (1, 0, 0, 0);

CREATE TABLE runs (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT GENERATED ALWAYS AS ('run-' || n) VIRTUAL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    reason TEXT,
    config TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    data_identity TEXT,
    engine_version TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL
);

CREATE TABLE totals (
    run_id TEXT PRIMARY KEY,
    completed INTEGER NOT NULL,
    scored INTEGER NOT NULL,
    score_nano INTEGER NOT NULL,
    perfect INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    spent_tokens INTEGER NOT NULL,
    spent_nano_usd INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE instructions (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    task_id TEXT NOT NULL,
    round_index INTEGER NOT NULL,
    is_hindsight INTEGER NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type TEXT GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) VIRTUAL,
    task_hash TEXT NOT NULL,
    instructions TEXT NOT NULL,
    input_output_analysis TEXT NOT NULL,
    transformation_method TEXT NOT NULL,
    chain_of_thought TEXT NOT NULL,
    model TEXT NOT NULL,
    example_scores TEXT NOT NULL,
    score REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
    step TEXT NOT NULL,
    soar_code TEXT NOT NULL,
    soar_source_model TEXT NOT NULL,
    soar_generation INTEGER NOT NULL,
    soar_round_index INTEGER GENERATED ALWAYS AS (round_index) VIRTUAL,
    detail TEXT NOT NULL,
    created_s INTEGER NOT NULL,
    created_at TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%dT%H:%M:%SZ', created_s, 'unixepoch')) VIRTUAL,
    UNIQUE (round_index, task_id, is_hindsight)
);

CREATE TABLE guess (
    instructions_score_id TEXT NOT NULL REFERENCES instructions (id),
    guess_number INTEGER NOT NULL CHECK (guess_number >= 1),
    own_id TEXT,
    id TEXT GENERATED ALWAYS AS (coalesce(own_id, instructions_score_id || '-' || guess_number)) VIRTUAL,
    grids TEXT NOT NULL,
    model TEXT NOT NULL,
    avg_score REAL NOT NULL CHECK (avg_score BETWEEN 0 AND 1),
    scores TEXT NOT NULL,
    created_s INTEGER NOT NULL,
    created_at TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%dT%H:%M:%SZ', created_s, 'unixepoch')) VIRTUAL,
    PRIMARY KEY (instructions_score_id, guess_number)
) WITHOUT ROWID;

CREATE TABLE completed (
    task_id TEXT NOT NULL,
    round_index INTEGER NOT NULL,
    is_hindsight INTEGER NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type TEXT GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) VIRTUAL,
    seq INTEGER NOT NULL UNIQUE,
    completed_s INTEGER NOT NULL,
    completed_at TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%dT%H:%M:%SZ', completed_s, 'unixepoch')) VIRTUAL,
    run_id TEXT NOT NULL,
    token INTEGER,
    PRIMARY KEY (round_index, task_id, is_hindsight)
) WITHOUT ROWID;

CREATE TABLE failures (
    task_id TEXT NOT NULL,
    round_index INTEGER NOT NULL,
    is_hindsight INTEGER NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type TEXT GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) VIRTUAL,
    attempts INTEGER NOT NULL,
    error_type TEXT NOT NULL,
    message TEXT NOT NULL,
    failed_at TEXT NOT NULL,
    run_id TEXT NOT NULL,
    token INTEGER NOT NULL,
    PRIMARY KEY (round_index, task_id, is_hindsight)
) WITHOUT ROWID;

CREATE TABLE claims (
    task_id TEXT NOT NULL,
    round_index INTEGER NOT NULL,
    is_hindsight INTEGER NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type TEXT GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) VIRTUAL,
    token INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    claimed_at TEXT NOT NULL,
    PRIMARY KEY (round_index, task_id, is_hindsight)
) WITHOUT ROWID;

CREATE TABLE calls (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    round_index INTEGER NOT NULL,
    is_hindsight INTEGER NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type TEXT GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) VIRTUAL,
    place TEXT NOT NULL,
    model TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    prompt_hash TEXT NOT NULL,
    params TEXT NOT NULL,
    answer TEXT,
    reasoning TEXT,
    finish_reason TEXT,
    prompt_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost_usd REAL,
    latency_s REAL NOT NULL,
    sent_at TEXT NOT NULL,
    UNIQUE (round_index, task_id, is_hindsight, id)
);

CREATE TABLE superseded (
    batch INTEGER PRIMARY KEY AUTOINCREMENT,
    reason TEXT NOT NULL,
    superseded_at TEXT NOT NULL,
    n_samples INTEGER NOT NULL
);

CREATE TABLE completed_history (
    batch INTEGER NOT NULL,
    task_id TEXT NOT NULL,
    round_index INTEGER NOT NULL,
    is_hindsight INTEGER NOT NULL,
    data_type TEXT GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) VIRTUAL,
    completed_s INTEGER NOT NULL,
    completed_at TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%dT%H:%M:%SZ', completed_s, 'unixepoch')) VIRTUAL,
    run_id TEXT NOT NULL,
    token INTEGER,
    PRIMARY KEY (batch, round_index, task_id, is_hindsight)
) WITHOUT ROWID;

CREATE TABLE instructions_history (
    batch INTEGER NOT NULL,
    id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    round_index INTEGER NOT NULL,
    is_hindsight INTEGER NOT NULL,
    data_type TEXT GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) VIRTUAL,
    task_hash TEXT NOT NULL,
    instructions TEXT NOT NULL,
    input_output_analysis TEXT NOT NULL,
    transformation_method TEXT NOT NULL,
    chain_of_thought TEXT NOT NULL,
    model TEXT NOT NULL,
    example_scores TEXT NOT NULL,
    score REAL NOT NULL,
    step TEXT NOT NULL,
    soar_code TEXT NOT NULL,
    soar_source_model TEXT NOT NULL,
    soar_generation INTEGER NOT NULL,
    soar_round_index INTEGER GENERATED ALWAYS AS (round_index) VIRTUAL,
    detail TEXT NOT NULL,
    created_s INTEGER NOT NULL,
    created_at TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%dT%H:%M:%SZ', created_s, 'unixepoch')) VIRTUAL,
    UNIQUE (batch, round_index, task_id, is_hindsight)
);

CREATE TABLE guess_history (
    batch INTEGER NOT NULL,
    instructions_score_id TEXT NOT NULL,
    guess_number INTEGER NOT NULL,
    own_id TEXT,
    id TEXT GENERATED ALWAYS AS (coalesce(own_id, instructions_score_id || '-' || guess_number)) VIRTUAL,
    grids TEXT NOT NULL,
    model TEXT NOT NULL,
    avg_score REAL NOT NULL,
    scores TEXT NOT NULL,
    created_s INTEGER NOT NULL,
    created_at TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%dT%H:%M:%SZ', created_s, 'unixepoch')) VIRTUAL,
    PRIMARY KEY (batch, instructions_score_id, guess_number)
) WITHOUT ROWID;

CREATE TABLE calls_history (
    seq INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    round_index INTEGER NOT NULL,
    is_hindsight INTEGER NOT NULL,
    data_type TEXT GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) VIRTUAL,
    place TEXT NOT NULL,
    model TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    prompt_hash TEXT NOT NULL,
    params TEXT NOT NULL,
    answer TEXT,
    reasoning TEXT,
    finish_reason TEXT,
    prompt_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost_usd REAL,
    latency_s REAL NOT NULL,
    sent_at TEXT NOT NULL,
    UNIQUE (round_index, task_id, is_hindsight, id, batch)
);

CREATE INDEX calls_history_batch ON calls_history (batch);
