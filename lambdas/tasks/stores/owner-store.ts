import { type QueryExecutorProvider, sql } from 'kysely';

/** Whose a task is; `undefined` when there is none. */
export function taskOwners(query: QueryExecutorProvider): (id: string) => Promise<string | undefined> {
  return async (id) => {
    const { rows } = await sql<{ username: string }>`SELECT username FROM tasks.tasks WHERE id = ${id}`.execute(query);
    return rows[0]?.username;
  };
}
