import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { Column, TextRow } from './column.ts';
import type { EditedTable } from './edited-tables.ts';
import type { RestoredTable, RestorePorts } from './restore-tables.ts';
import { columnsOf, unambiguous } from './snapshot-store.ts';

/** Thrown and caught here alone: what makes a transaction undo what it did. */
const undo = new Error('A dry run');

/** Restores in the database. Meanwhile its tables can be read but not written. */
export function restorations(database: Database<unknown>): RestorePorts['transaction'] {
  return async (keep, work) => {
    const done: Awaited<ReturnType<typeof work>>[] = [];
    const whole = database.transaction(async ({ query }) => {
      await unambiguous(query);
      const keys: Keys = new Map();
      done.push(
        await work({
          columnsOf: (table) => columnsOf(query, table),
          restore: (table, columns, { of, mode }) => {
            keys.set(table.name, table.key);
            return new TableRestoration({ query, table, columns, keys }).run(of, mode === 'replace');
          },
        }),
      );
      if (!keep) throw undo;
    });
    await whole.catch((error: unknown) => {
      if (error !== undo) throw error;
    });
    const [result] = done;
    if (result === undefined) throw new Error('A transaction ended without a result');
    return result;
  };
}

/** The identifying columns of each table whose export is staged in this transaction. */
type Keys = Map<string, EditedTable['key']>;

/** The rows of one export beside the table they belong to: `s` is the export's row, `t` the table's. */
class TableRestoration {
  readonly #query: Kysely<unknown>;
  readonly #table: EditedTable;
  readonly #columns: readonly Column[];
  readonly #keys: Keys;
  readonly #target: RawBuilder<unknown>;
  readonly #staged: RawBuilder<unknown>;
  /** By key, not by number: `t` is the same row as `s`. */
  readonly #same: RawBuilder<unknown>;

  constructor(of: { query: Kysely<unknown>; table: EditedTable; columns: readonly Column[]; keys: Keys }) {
    const { table } = of;
    this.#query = of.query;
    this.#table = table;
    this.#columns = of.columns;
    this.#keys = of.keys;
    this.#target = sql.table(table.name);
    this.#staged = stagedOf(table.name);
    this.#same = sql.join(
      table.key.map((name) => sql`t.${sql.id(name)} = s.${sql.id(name)}`),
      sql` AND `,
    );
  }

  async run(batches: AsyncIterable<readonly TextRow[]>, replace: boolean): Promise<RestoredTable> {
    await sql`LOCK TABLE ${this.#target} IN SHARE ROW EXCLUSIVE MODE`.execute(this.#query);
    await sql`CREATE TEMPORARY TABLE ${this.#staged} (LIKE ${this.#target} INCLUDING DEFAULTS)
      ON COMMIT DROP`.execute(this.#query);
    for await (const rows of batches) await this.#stage(rows);
    const counts = await this.#count();
    const inserted = await this.#insertMissing();
    const replaced = replace ? await this.#replaceChanged() : 0;
    await this.#linkAgain();
    return { table: this.#table.name, ...counts, inserted, replaced };
  }

  async #stage(rows: readonly TextRow[]): Promise<void> {
    const names = this.#columns.map(({ name }) => sql.id(name));
    const typed = this.#columns.map(({ type }, index) => sql`(value ->> ${sql.lit(index)})::${sql.raw(type)}`);
    await sql`INSERT INTO ${this.#staged} (${sql.join(names)})
      SELECT ${sql.join(typed)} FROM json_array_elements(${JSON.stringify(rows)}::json) AS value`.execute(this.#query);
  }

  async #count(): Promise<Pick<RestoredTable, 'exported' | 'equal' | 'changed' | 'newer' | 'examples'>> {
    const key = sql.join(this.#table.key.map((name) => sql`s.${sql.id(name)}`));
    const { rows } = await sql<{ exported: number; equal: number; changed: number; newer: number; examples: string[] }>`
      SELECT count(*) AS exported,
        count(*) FILTER (WHERE found AND NOT differs) AS equal,
        count(*) FILTER (WHERE found AND differs) AS changed,
        (SELECT count(*) FROM ${this.#target} t WHERE NOT EXISTS (SELECT FROM ${this.#staged} s WHERE ${this.#same})) AS newer,
        coalesce((array_agg(key ORDER BY key) FILTER (WHERE found AND differs))[1:20], '{}') AS examples
      FROM (
        SELECT concat_ws(' ', ${key}) AS key, t.ctid IS NOT NULL AS found, ${this.#differs()} AS differs
        FROM ${this.#staged} s LEFT JOIN ${this.#target} t ON ${this.#same}
      ) AS compared`.execute(this.#query);
    const [counts] = rows;
    if (!counts) throw new Error('The database counted without a row');
    return counts;
  }

  /** The columns of a row that people see: neither its own id nor ids of other rows. JSON is compared as text. */
  get #told(): readonly string[] {
    const { references = {} } = this.#table;
    return this.#columns.map(({ name }) => name).filter((name) => name !== 'id' && !Object.hasOwn(references, name));
  }

  #differs(): RawBuilder<unknown> {
    const row = (of: string) => sql`ROW(${sql.join(this.#told.map((name) => sql`${sql.id(of, name)}`))})::text`;
    return sql`${row('t')} <> ${row('s')}`;
  }

  /** Keeps the old id where it is free; otherwise another row has taken it, and this row gets a new one. */
  async #insertMissing(): Promise<number> {
    const missing = sql`NOT EXISTS (SELECT FROM ${this.#target} t WHERE ${this.#same})`;
    if (!this.#hasId()) return this.#insert(this.#told, missing);
    const free = sql`NOT EXISTS (SELECT FROM ${this.#target} t WHERE t.id = s.id)`;
    const withOldNumber = await this.#insert(['id', ...this.#told], sql`${missing} AND ${free}`);
    await this.#advanceNumbers();
    return withOldNumber + (await this.#insert(this.#told, missing));
  }

  #hasId(): boolean {
    return this.#columns.some(({ name }) => name === 'id');
  }

  async #insert(names: readonly string[], which: RawBuilder<unknown>): Promise<number> {
    const columns = sql.join(names.map((name) => sql.id(name)));
    const { numAffectedRows } = await sql`INSERT INTO ${this.#target} (${columns}) OVERRIDING SYSTEM VALUE
      SELECT ${columns} FROM ${this.#staged} s WHERE ${which}`.execute(this.#query);
    return Number(numAffectedRows);
  }

  /** The next number is beyond all there are. No transaction undoes this; a dry run leaves a gap at most. */
  async #advanceNumbers(): Promise<void> {
    const sequence = sql`pg_get_serial_sequence(${this.#table.name}, 'id')`;
    await sql`SELECT setval(${sequence}, greatest(nextval(${sequence}), (SELECT max(id) FROM ${this.#target})))`.execute(
      this.#query,
    );
  }

  async #replaceChanged(): Promise<number> {
    const values = [
      ...this.#told.map((name) => sql`${sql.id(name)} = s.${sql.id(name)}`),
      ...this.#references().map(([name]) => sql`${sql.id(name)} = NULL`),
    ];
    const { numAffectedRows } = await sql`UPDATE ${this.#target} t SET ${sql.join(values)}
      FROM ${this.#staged} s WHERE ${this.#same} AND ${this.#differs()}`.execute(this.#query);
    return Number(numAffectedRows);
  }

  /** References of the columns that the export has. */
  #references(): [column: string, table: string][] {
    const { references = {} } = this.#table;
    return Object.entries(references).filter(([name]) => this.#columns.some((column) => column.name === name));
  }

  /** The rows that rows name may have other numbers now; by their keys they are found. */
  async #linkAgain(): Promise<void> {
    for (const [name, to] of this.#references()) {
      const column = sql.id(name);
      const key = this.#keys.get(to);
      if (!key) continue;
      const named = sql.join(
        key.map((part) => sql`${sql.id('named', part)} = ${sql.id('old', part)}`),
        sql` AND `,
      );
      await sql`UPDATE ${this.#target} t SET ${column} = named.id
        FROM ${this.#staged} s JOIN ${stagedOf(to)} old ON old.id = s.${column}
          JOIN ${sql.table(to)} named ON ${named}
        WHERE ${this.#same} AND t.${column} IS NULL`.execute(this.#query);
    }
  }
}

/** Where the rows of an export wait in the transaction; those of parents are asked again for their old numbers. */
function stagedOf(table: string): RawBuilder<unknown> {
  return sql.table(`restoring ${table}`.replaceAll('.', ' '));
}
