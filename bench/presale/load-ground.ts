import { sql } from 'kysely';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { RunPlan } from '../../lambdas/presale/contract.ts';
import { readFile } from '../../lambdas/presale/file/read-file.ts';
import { counties } from '../../lambdas/presale/publication/counties.ts';
import { dealLoader } from '../../lambdas/presale/stores/load-store.ts';
import { runStore } from '../../lambdas/presale/stores/run-store.ts';
import type { PresaleTables } from '../../lambdas/presale/stores/tables.ts';
import { startBenchDatabase } from '../bench-database.ts';
import { benchSeason, chunksOf, type SeasonFile } from './season-files.ts';

/** An embedded PostgreSQL with the deals table, and an empty twin of it for the bare COPY. */
export interface LoadGround {
  /** For other programs: the superuser's. */
  readonly url: string;
  /** One file after the other through the real load path, each its own transaction; resolves to the rows read. */
  load(files: readonly SeasonFile[]): Promise<number>;
  /** The very rows that `load` leaves of these files, file by file, each its own transaction. */
  copy(files: readonly SeasonFile[]): Promise<void>;
  empty(): Promise<void>;
  emptyBare(): Promise<void>;
  stop(): Promise<void>;
}

const plan: RunPlan = {
  run_id: `season-${benchSeason}`,
  name: benchSeason,
  publication_date: '2023-10-02',
  season: benchSeason,
  counties: [],
  retry_seconds: 3600,
  max_attempts: 1,
};

/** Loads every file once, to have the rows that the bare COPY is to write as text in memory. */
export async function prepareLoadGround(files: readonly SeasonFile[]): Promise<LoadGround> {
  const database = await startBenchDatabase<PresaleTables>();
  const { query } = database.admin;
  await runStore(database.app).begin(plan);
  // Indexes, constraints and defaults are those of the real table, by construction.
  await sql`CREATE TABLE presale.bare_deals (LIKE presale.deals INCLUDING ALL)`.execute(query);
  await sql`GRANT INSERT ON presale.bare_deals TO millrace_app`.execute(query);

  const deals = dealLoader(database.app, 'raw');
  const load = async (some: readonly SeasonFile[]) => {
    let rows = 0;
    for (const { county, bytes } of some) {
      const source_key = `presale/raw/${plan.name}/${county}.csv`;
      const backup = { county, state: 'backed-up', source_key, sha256: '', bytes: bytes.length, fetch_ms: 0 } as const;
      const outcome = await deals({ plan, county, backup }, (refusals) => readFile(chunksOf(bytes), refusals));
      rows += outcome.rows_read;
    }
    return rows;
  };
  // A checkpoint that falls due in the midst of one measurement would be counted to it.
  const emptied = async (...tables: string[]) => {
    await sql`TRUNCATE ${sql.join(tables.map((table) => sql.table(table)))}`.execute(query);
    await sql`CHECKPOINT`.execute(query);
  };
  const { url } = database;
  await load(files);
  const rows = await copyTexts(url, files);
  const bare = database.another();
  return {
    url,
    load,
    async copy(some) {
      for (const { county } of some) {
        const { columns, chunks } = rows.get(county) ?? { columns: '', chunks: [] };
        await bare.transaction(({ copyIn }) =>
          copyIn(`COPY presale.bare_deals (${columns}) FROM STDIN`, asStream(chunks)),
        );
      }
    },
    empty: () => emptied('presale.deals', 'presale.problems', 'presale.county_runs', 'platform.failures'),
    emptyBare: () => emptied('presale.bare_deals'),
    stop: () => database.stop(),
  };
}

interface CopyText {
  readonly columns: string;
  readonly chunks: readonly string[];
}

/** What the load left of each file, in the order it wrote it, in chunks as COPY gives them out. */
async function copyTexts(url: string, files: readonly SeasonFile[]): Promise<ReadonlyMap<string, CopyText>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ columns: string }>(
      `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
       WHERE attrelid = 'presale.deals'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'id'`,
    );
    const columns = rows[0]?.columns ?? '';
    const texts = new Map<string, CopyText>();
    for (const { county } of files) {
      const wanted = `SELECT ${columns} FROM presale.deals WHERE county = '${counties[county]}' ORDER BY id`;
      const text = Buffer.concat(await client.query(copyTo(`COPY (${wanted}) TO STDOUT`)).toArray()).toString('utf8');
      texts.set(county, { columns, chunks: inChunks(text) });
    }
    return texts;
  } finally {
    await client.end();
  }
}

// What the reader of the real path yields at a time.
const chunkCharacters = 64 * 1024;

function inChunks(text: string): readonly string[] {
  const chunks: string[] = [];
  for (let from = 0; from < text.length; from += chunkCharacters) chunks.push(text.slice(from, from + chunkCharacters));
  return chunks;
}

async function* asStream(chunks: readonly string[]): AsyncGenerator<string> {
  yield* chunks;
}
