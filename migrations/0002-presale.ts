import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Everything of the pre-sale workload: deals, runs, problem rows, monthly statistics. */
export const presale: Migration = {
  async up(db) {
    await sql`CREATE SCHEMA presale`.execute(db);
    await createDeals(db);
    await createRuns(db);
    await createProblems(db);
    await createStatistics(db);
    await sql`GRANT USAGE ON SCHEMA presale TO millrace_app`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA presale TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};

/** Collation "C" is code-point order: the same on every machine, and the fastest to compare. */
async function createDeals(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE presale.deals (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      county varchar(8) COLLATE "C" NOT NULL,
      serial_number varchar(64) COLLATE "C" NOT NULL,
      district varchar(32) COLLATE "C" NOT NULL,
      transaction_target varchar(64) COLLATE "C" NOT NULL,
      location varchar(500) COLLATE "C" NOT NULL,
      transaction_date date NOT NULL,
      floor_text varchar(100) COLLATE "C" NOT NULL,
      floor integer,
      total_floors integer,
      main_use varchar(100) COLLATE "C" NOT NULL,
      building_type varchar(100) COLLATE "C" NOT NULL,
      land_area_m2 numeric NOT NULL,
      building_area_m2 numeric NOT NULL,
      parking_area_m2 numeric NOT NULL,
      rooms integer NOT NULL,
      living_rooms integer NOT NULL,
      bathrooms integer NOT NULL,
      note varchar(2000) COLLATE "C" NOT NULL,
      project_name varchar(200) COLLATE "C" NOT NULL,
      unit varchar(500) COLLATE "C" NOT NULL,
      termination varchar(200) COLLATE "C" NOT NULL,
      price_twd bigint NOT NULL,
      unit_price_twd_per_m2 bigint NOT NULL,
      parking_type varchar(64) COLLATE "C" NOT NULL,
      parking_price_twd bigint NOT NULL,
      publication_date date NOT NULL,
      -- The publication date, or the end of the quarter for a season's file: what is newer wins by this.
      as_of date NOT NULL,
      loaded_at timestamptz NOT NULL,
      withdrawn_at timestamptz,
      source_key text NOT NULL,
      run_id text NOT NULL,
      CONSTRAINT deals_natural_key UNIQUE (county, serial_number)
    )`.execute(db);
  await sql`CREATE INDEX deals_by_date ON presale.deals (county, transaction_date, id)`.execute(db);
  await sql`CREATE INDEX deals_by_publication ON presale.deals (county, publication_date)`.execute(db);
}

/** A run is named by its publication date or season; run_id is the execution that worked on it last. */
async function createRuns(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE presale.runs (
      name text COLLATE "C" PRIMARY KEY,
      run_id text NOT NULL,
      publication_date date NOT NULL UNIQUE,
      season text,
      counties text[] NOT NULL,
      state text NOT NULL CHECK (state IN ('running', 'complete', 'failed')),
      attempts integer NOT NULL DEFAULT 0,
      reason text,
      started_at timestamptz NOT NULL,
      ended_at timestamptz
    )`.execute(db);
  await sql`
    CREATE TABLE presale.county_runs (
      run_name text COLLATE "C" NOT NULL REFERENCES presale.runs (name),
      letter text COLLATE "C" NOT NULL,
      county text NOT NULL,
      run_id text NOT NULL,
      state text NOT NULL CHECK (state IN ('loaded', 'empty', 'unchanged', 'failed')),
      reason text,
      source_key text,
      sha256 text,
      bytes bigint,
      rows_read bigint NOT NULL DEFAULT 0,
      good bigint NOT NULL DEFAULT 0,
      problems bigint NOT NULL DEFAULT 0,
      duplicates bigint NOT NULL DEFAULT 0,
      inserted bigint NOT NULL DEFAULT 0,
      updated bigint NOT NULL DEFAULT 0,
      unchanged bigint NOT NULL DEFAULT 0,
      kept_newer bigint NOT NULL DEFAULT 0,
      withdrawn bigint NOT NULL DEFAULT 0,
      fetch_ms bigint,
      load_ms bigint,
      updated_at timestamptz NOT NULL,
      PRIMARY KEY (run_name, letter)
    )`.execute(db);
}

/** raw and reasons are json, not jsonb: jsonb refuses the NUL characters that make a row a problem. */
async function createProblems(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE presale.problems (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      run_name text COLLATE "C" NOT NULL REFERENCES presale.runs (name),
      letter text COLLATE "C" NOT NULL,
      line_number bigint NOT NULL,
      county text COLLATE "C" NOT NULL,
      publication_date date NOT NULL,
      raw json NOT NULL,
      reasons json NOT NULL,
      source_key text NOT NULL,
      run_id text NOT NULL,
      found_at timestamptz NOT NULL,
      CONSTRAINT problems_natural_key UNIQUE (run_name, letter, line_number)
    )`.execute(db);
  await sql`CREATE INDEX problems_by_publication ON presale.problems (publication_date, county, id)`.execute(db);
}

async function createStatistics(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE presale.deal_statistics_monthly (
      county varchar(8) COLLATE "C" NOT NULL,
      district varchar(32) COLLATE "C" NOT NULL,
      year integer NOT NULL,
      month integer NOT NULL,
      project_name varchar(200) COLLATE "C" NOT NULL,
      rooms integer NOT NULL,
      count bigint NOT NULL,
      average_price_wan numeric NOT NULL,
      average_house_price_wan numeric NOT NULL,
      average_house_unit_price_wan_per_ping numeric,
      PRIMARY KEY (county, district, year, month, project_name, rooms)
    )`.execute(db);
}
