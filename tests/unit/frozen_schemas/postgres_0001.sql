-- Schema 1. Never edited once released: a change is a new file.
--
-- The same names as in SQLite. `completed.tx` is the number of the transaction that completed the sample: what
-- is read on from a cursor must not miss a transaction that began earlier and committed later.

CREATE TABLE migrations (
    version integer PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE meta (
    name text PRIMARY KEY,
    value text NOT NULL
);

CREATE SEQUENCE claim_token;

CREATE TABLE runs (
    n integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id text NOT NULL GENERATED ALWAYS AS ('run-' || n::text) STORED,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    reason text,
    config text NOT NULL,
    fingerprint text NOT NULL,
    data_identity text,
    engine_version text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL
);

CREATE TABLE totals (
    run_id text PRIMARY KEY,
    completed bigint NOT NULL,
    scored bigint NOT NULL,
    score_nano bigint NOT NULL,
    perfect bigint NOT NULL,
    calls bigint NOT NULL,
    spent_tokens bigint NOT NULL,
    spent_nano_usd bigint NOT NULL
);

CREATE TABLE instructions (
    id text COLLATE "C" PRIMARY KEY,
    task_id text COLLATE "C" NOT NULL,
    round_index integer NOT NULL,
    is_hindsight smallint NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type text NOT NULL GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) STORED,
    task_hash text NOT NULL,
    instructions text NOT NULL,
    input_output_analysis text NOT NULL,
    transformation_method text NOT NULL,
    chain_of_thought text NOT NULL,
    model text NOT NULL,
    example_scores text NOT NULL,
    score double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    step text NOT NULL,
    soar_code text NOT NULL,
    soar_source_model text NOT NULL,
    soar_generation integer NOT NULL,
    soar_round_index integer NOT NULL GENERATED ALWAYS AS (round_index) STORED,
    detail text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (round_index, task_id, is_hindsight)
);

CREATE TABLE guess (
    instructions_score_id text COLLATE "C" NOT NULL REFERENCES instructions (id),
    guess_number integer NOT NULL CHECK (guess_number >= 1),
    id text COLLATE "C" NOT NULL,
    grids text NOT NULL,
    model text NOT NULL,
    avg_score double precision NOT NULL CHECK (avg_score BETWEEN 0 AND 1),
    scores text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (instructions_score_id, guess_number)
);

CREATE TABLE completed (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    task_id text COLLATE "C" NOT NULL,
    round_index integer NOT NULL,
    is_hindsight smallint NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type text NOT NULL GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) STORED,
    tx bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    completed_at timestamptz NOT NULL DEFAULT now(),
    run_id text NOT NULL,
    token bigint,
    PRIMARY KEY (round_index, task_id, is_hindsight)
);

CREATE INDEX completed_tx ON completed (tx, seq);

CREATE TABLE failures (
    task_id text COLLATE "C" NOT NULL,
    round_index integer NOT NULL,
    is_hindsight smallint NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type text NOT NULL GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) STORED,
    attempts integer NOT NULL,
    error_type text NOT NULL,
    message text NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT now(),
    run_id text NOT NULL,
    token bigint NOT NULL,
    PRIMARY KEY (round_index, task_id, is_hindsight)
);

CREATE TABLE claims (
    task_id text COLLATE "C" NOT NULL,
    round_index integer NOT NULL,
    is_hindsight smallint NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type text NOT NULL GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) STORED,
    token bigint NOT NULL,
    attempt integer NOT NULL,
    run_id text NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (round_index, task_id, is_hindsight)
);

CREATE TABLE calls (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    id text COLLATE "C" NOT NULL,
    task_id text COLLATE "C" NOT NULL,
    round_index integer NOT NULL,
    is_hindsight smallint NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type text NOT NULL GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) STORED,
    place text NOT NULL,
    model text NOT NULL,
    endpoint text NOT NULL,
    prompt_hash text NOT NULL,
    params text NOT NULL,
    answer text,
    reasoning text,
    finish_reason text,
    prompt_tokens integer NOT NULL,
    cached_tokens integer NOT NULL,
    completion_tokens integer NOT NULL,
    cost_usd double precision,
    latency_s double precision NOT NULL,
    sent_at text NOT NULL,
    PRIMARY KEY (round_index, task_id, is_hindsight, id)
);

CREATE TABLE superseded (
    batch integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reason text NOT NULL,
    superseded_at timestamptz NOT NULL DEFAULT now(),
    n_samples integer NOT NULL
);

CREATE TABLE completed_history (
    batch integer NOT NULL,
    task_id text COLLATE "C" NOT NULL,
    round_index integer NOT NULL,
    is_hindsight smallint NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type text NOT NULL GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) STORED,
    completed_at timestamptz NOT NULL,
    run_id text NOT NULL,
    token bigint,
    PRIMARY KEY (batch, round_index, task_id, is_hindsight)
);

CREATE TABLE instructions_history (
    batch integer NOT NULL,
    id text COLLATE "C" NOT NULL,
    task_id text COLLATE "C" NOT NULL,
    round_index integer NOT NULL,
    is_hindsight smallint NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type text NOT NULL GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) STORED,
    task_hash text NOT NULL,
    instructions text NOT NULL,
    input_output_analysis text NOT NULL,
    transformation_method text NOT NULL,
    chain_of_thought text NOT NULL,
    model text NOT NULL,
    example_scores text NOT NULL,
    score double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    step text NOT NULL,
    soar_code text NOT NULL,
    soar_source_model text NOT NULL,
    soar_generation integer NOT NULL,
    soar_round_index integer NOT NULL GENERATED ALWAYS AS (round_index) STORED,
    detail text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (batch, round_index, task_id, is_hindsight)
);

CREATE TABLE guess_history (
    batch integer NOT NULL,
    instructions_score_id text COLLATE "C" NOT NULL,
    guess_number integer NOT NULL CHECK (guess_number >= 1),
    id text COLLATE "C" NOT NULL,
    grids text NOT NULL,
    model text NOT NULL,
    avg_score double precision NOT NULL CHECK (avg_score BETWEEN 0 AND 1),
    scores text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (batch, instructions_score_id, guess_number)
);

CREATE TABLE calls_history (
    seq bigint NOT NULL,
    batch integer NOT NULL,
    id text COLLATE "C" NOT NULL,
    task_id text COLLATE "C" NOT NULL,
    round_index integer NOT NULL,
    is_hindsight smallint NOT NULL CHECK (is_hindsight IN (0, 1)),
    data_type text NOT NULL GENERATED ALWAYS AS (CASE is_hindsight WHEN 1 THEN 'hindsight' ELSE 'original' END) STORED,
    place text NOT NULL,
    model text NOT NULL,
    endpoint text NOT NULL,
    prompt_hash text NOT NULL,
    params text NOT NULL,
    answer text,
    reasoning text,
    finish_reason text,
    prompt_tokens integer NOT NULL,
    cached_tokens integer NOT NULL,
    completion_tokens integer NOT NULL,
    cost_usd double precision,
    latency_s double precision NOT NULL,
    sent_at text NOT NULL,
    PRIMARY KEY (round_index, task_id, is_hindsight, id, batch)
);

CREATE INDEX calls_history_batch ON calls_history (batch);
