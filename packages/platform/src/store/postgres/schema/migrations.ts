import { SEALED_TABLES } from "./sealed-tables.js";

/** One step of the schema: it only adds, so that platforms of the version before go on beside it; what is no longer used goes in a later one. */
export interface Migration {
  version: number;
  /** Least version of a platform that may use the database once this is done. */
  oldestPlatform: number;
  sql: string;
  /** It waits until the step in front of it was done so many hours ago: by then platforms that do not know that one have ended. */
  waitHours?: number;
}

/**
 * All steps, the oldest first; a step that was released is never changed. docs/formats/postgres.md describes the tables.
 *
 * Texts have the collation "C": their order is that of their bytes, on every server. Columns that every commit changes (`pos`, `heartbeat_ms`) are in no
 * index, not even in the condition of one, so that PostgreSQL can put the new row beside the old one and leave the indexes alone.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    oldestPlatform: 1,
    sql: `
      CREATE TABLE ava.instances (
        no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text COLLATE "C" NOT NULL UNIQUE,
        training text COLLATE "C" NOT NULL DEFAULT '',
        state text COLLATE "C" NOT NULL DEFAULT 'running',
        start_time text,
        start_ms double precision,
        stop_time text,
        heartbeat_ms double precision NOT NULL DEFAULT 0,
        deleted_ms double precision,
        series integer NOT NULL DEFAULT 0,
        facts_pos bigint NOT NULL DEFAULT 0,
        pos bigint NOT NULL DEFAULT 0,
        sealed_pos bigint NOT NULL DEFAULT 0,
        is_unsealed boolean NOT NULL DEFAULT true,
        unsealed_bytes bigint NOT NULL DEFAULT 0,
        unsealed_since timestamptz
      ) WITH (fillfactor = 70);
      CREATE INDEX instances_by_start ON ava.instances (start_ms, id) WHERE deleted_ms IS NULL;
      CREATE INDEX instances_by_training ON ava.instances (training, start_ms, id) WHERE deleted_ms IS NULL;
      CREATE INDEX instances_running ON ava.instances (no) WHERE state = 'running' AND deleted_ms IS NULL;
      CREATE INDEX instances_deleted ON ava.instances (deleted_ms) WHERE deleted_ms IS NOT NULL;
      CREATE INDEX instances_unsealed ON ava.instances (no) WHERE is_unsealed;

      CREATE TABLE ava.facts (instance bigint PRIMARY KEY, facts text NOT NULL);

      CREATE TABLE ava.journal (
        instance bigint NOT NULL,
        pos bigint NOT NULL,
        head text NOT NULL,
        body bytea NOT NULL,
        PRIMARY KEY (instance, pos)
      );
      ALTER TABLE ava.journal ALTER COLUMN body SET STORAGE EXTERNAL;

      CREATE TABLE ava.figures (
        name text COLLATE "C" NOT NULL,
        instance bigint NOT NULL,
        last double precision,
        min double precision,
        max double precision,
        count bigint NOT NULL,
        PRIMARY KEY (name, instance) INCLUDE (last, min, max, count)
      );
      CREATE INDEX figures_of_instance ON ava.figures (instance);

      CREATE TABLE ava.changes (
        no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        at timestamptz NOT NULL DEFAULT now(),
        what text NOT NULL
      );
      CREATE INDEX changes_by_xid ON ava.changes (xid);

      CREATE TABLE ava.trainings (name text COLLATE "C" PRIMARY KEY, kept text NOT NULL, deleted_ms double precision);
      CREATE TABLE ava.revisions (training text COLLATE "C" NOT NULL, revision integer NOT NULL, kept text NOT NULL, PRIMARY KEY (training, revision));
      CREATE SEQUENCE ava.model_order;
      CREATE TABLE ava.models (
        name text COLLATE "C" NOT NULL,
        version text COLLATE "C" NOT NULL,
        place bigint NOT NULL DEFAULT nextval('ava.model_order'),
        instance text COLLATE "C",
        kept text NOT NULL,
        PRIMARY KEY (name, version)
      );
      CREATE INDEX models_of_instance ON ava.models (instance) WHERE instance IS NOT NULL;
      CREATE TABLE ava.evaluations (name text COLLATE "C" PRIMARY KEY, kept text NOT NULL);
      CREATE TABLE ava.views (name text COLLATE "C" PRIMARY KEY, kept text NOT NULL);
    `,
  },
  {
    version: 2,
    oldestPlatform: 1,
    sql: `
      CREATE TABLE ava.secrets (name text COLLATE "C" PRIMARY KEY, value text NOT NULL);
      CREATE TABLE ava.ended_sessions (id text COLLATE "C" PRIMARY KEY, start_s bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
      CREATE INDEX ended_sessions_by_time ON ava.ended_sessions (at);
      CREATE TABLE ava.wrong_attempts (
        kind text COLLATE "C" NOT NULL,
        network text COLLATE "C" NOT NULL,
        guess text COLLATE "C" NOT NULL,
        ends timestamptz NOT NULL,
        PRIMARY KEY (kind, network, guess)
      );
    `,
  },
  { version: 3, oldestPlatform: 3, sql: SEALED_TABLES },
  {
    version: 4,
    oldestPlatform: 3,
    sql: "ALTER TABLE ava.instances ADD live_pos bigint, ADD live_names text[], ADD live_figures double precision[]",
  },
  {
    version: 5,
    oldestPlatform: 3,
    sql: `CREATE TABLE ava.reparse_turns (id text COLLATE "C" PRIMARY KEY, owner text NOT NULL, expires timestamptz NOT NULL)`,
  },
  { version: 6, oldestPlatform: 3, sql: "ALTER TABLE ava.journal ADD body_bytes integer" },
  // Bodies of the journal are packed from then on.
  { version: 7, oldestPlatform: 6, sql: "", waitHours: 24 },
];

/** Version from which on replicas pack bodies of the journal. */
export const PACKING_VERSION = 7;

/** Version of the schema that this platform writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.at(-1)!.version;
