import type { Database } from '#adapters/database.ts';
import type { FileRow, FileState } from './file-row.ts';
import type { FileBook } from './ports.ts';

/** `tasks.files` of the migrations. */
export interface FileTables {
  'tasks.files': {
    id: string;
    username: string;
    name: string;
    content_type: string;
    size: number;
    sha256: string | null;
    state: FileState;
    reason: string | null;
    upload_id: string | null;
    part_bytes: number | null;
    verified_bytes: number;
    hash_state: Buffer | null;
    created_at: Date;
    completed_at: Date | null;
    expires_at: Date;
  };
}

const columns = [
  'id',
  'username',
  'name',
  'content_type',
  'size',
  'sha256',
  'state',
  'reason',
  'upload_id',
  'part_bytes',
  'created_at',
  'completed_at',
  'expires_at',
] as const;

const unsettled = ['uploading', 'verifying', 'ready'] as const;

/** The rows in the database. */
export function fileBook({ query }: Pick<Database<FileTables>, 'query'>): FileBook {
  const changing = (id: string, from: readonly FileState[]) =>
    query.updateTable('tasks.files').where('id', '=', id).where('state', 'in', from);
  return {
    async add({ id, username, name, contentType, size, sha256, inParts, createdAt, expiresAt }) {
      const row = {
        ...{ id, username, name, size, content_type: contentType, sha256: sha256 ?? null, state: 'uploading' as const },
        ...{ upload_id: inParts?.uploadId ?? null, part_bytes: inParts?.partBytes ?? null },
        ...{ verified_bytes: 0, created_at: createdAt, expires_at: expiresAt },
      };
      await query.insertInto('tasks.files').values(row).execute();
    },
    async find(id) {
      const row = await query.selectFrom('tasks.files').select(columns).where('id', '=', id).executeTakeFirst();
      return row && readRow(row);
    },
    async complete(id, { state, at, expiresAt }) {
      const set = { state, completed_at: at, expires_at: expiresAt };
      const { numUpdatedRows } = await changing(id, ['uploading']).set(set).executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    async verified(id) {
      await changing(id, ['verifying']).set({ state: 'ready', hash_state: null }).execute();
    },
    async giveUp(id, { state, reason }) {
      await changing(id, unsettled).set({ state, reason, hash_state: null }).execute();
    },
    async overdue(at, limit) {
      const rows = await query
        .selectFrom('tasks.files')
        .select(columns)
        .where('state', 'in', unsettled)
        .where('expires_at', '<=', at)
        .orderBy('expires_at')
        .limit(limit)
        .execute();
      return rows.map(readRow);
    },
    async forget(before) {
      const gone = query.deleteFrom('tasks.files').where('state', 'in', ['refused', 'expired']);
      const { numDeletedRows } = await gone.where('expires_at', '<', before).executeTakeFirst();
      return Number(numDeletedRows);
    },
    async hashProgress(id) {
      const found = await query
        .selectFrom('tasks.files')
        .select(['verified_bytes', 'hash_state'])
        .where('id', '=', id)
        .executeTakeFirst();
      return { bytes: found?.verified_bytes ?? 0, state: found?.hash_state ?? undefined };
    },
    async keepHash(id, { bytes, state }) {
      await changing(id, ['verifying'])
        .set({ verified_bytes: bytes, hash_state: Buffer.from(state) })
        .execute();
    },
  };
}

function readRow(row: Omit<FileTables['tasks.files'], 'verified_bytes' | 'hash_state'>): FileRow {
  const { upload_id: uploadId, part_bytes: partBytes } = row;
  return {
    ...{ id: row.id, username: row.username, name: row.name, contentType: row.content_type, size: row.size },
    ...{ sha256: row.sha256 ?? undefined, state: row.state, reason: row.reason ?? undefined },
    inParts: uploadId === null || partBytes === null ? undefined : { uploadId, partBytes },
    ...{ createdAt: row.created_at, completedAt: row.completed_at ?? undefined, expiresAt: row.expires_at },
  };
}
