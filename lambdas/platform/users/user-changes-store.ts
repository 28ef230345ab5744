import { sql } from 'kysely';
import { pagedListing } from '#adapters/database/paged.ts';
import type { Database } from '#adapters/database.ts';
import type { User } from '#kit/api/authentication/users.ts';
import type { UserChange, UserDirectory } from './change.ts';

/** Where the users are. */
export interface KeptUsers {
  read(): Promise<readonly User[]>;
  write(users: readonly User[]): Promise<void>;
}

// Any number that no other lock of ours uses. Without the lock the last writer would overwrite the changes of others.
const lock = 0x75_73_65_72;

/** The users kept in a secret, changed by one writer at a time, with the log of changes in platform.user_changes. */
export function userDirectory(database: Database<unknown>, kept: KeptUsers): UserDirectory {
  return {
    list: () => kept.read(),
    change: ({ who, name, what, detail, edit }) =>
      database.transaction(async ({ query }) => {
        await sql`SELECT pg_advisory_xact_lock(${lock})`.execute(query);
        const edited = edit(await kept.read());
        await sql`
          INSERT INTO platform.user_changes (who, name, what, detail)
          VALUES (${who}, ${name}, ${what}, ${detail ?? null})`.execute(query);
        // Last: what isn't written down isn't done.
        await kept.write(edited.users);
        return edited;
      }),
    changes: ({ name, ...paging }) =>
      pagedListing<UserChange>(
        database.query,
        {
          select: sql`id, changed_at, who, name, what, detail`,
          from: sql`platform.user_changes`,
          where: name === undefined ? [] : [sql`name = ${name}`],
          order: sql`id DESC`,
        },
        paging,
      ),
  };
}
