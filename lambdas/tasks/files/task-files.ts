import { type OpenedFile, type TaskFiles, UnknownFileError } from '#kit/task.ts';
import { objectKey } from './file-row.ts';
import type { FileBook } from './ports.ts';

export interface TaskFilesPorts {
  readonly book: Pick<FileBook, 'find'>;
  /** The bytes of an object from the one numbered `from` on. */
  readonly read: (key: string, from: number) => Promise<AsyncIterable<Uint8Array>>;
}

const argument = /^file:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The files that a task of this user may open: that user's own. */
export function taskFiles(username: string, { book, read }: TaskFilesPorts): TaskFiles {
  return {
    async open(file, { from = 0 } = {}): Promise<OpenedFile> {
      const [, id] = argument.exec(file) ?? [];
      const found = id === undefined ? undefined : await book.find(id);
      if (found?.username !== username) throw new UnknownFileError(`${file} doesn't exist.`);
      if (found.state !== 'ready') throw new UnknownFileError(`${file} is ${found.state}${because(found.reason)}`);
      const { size, name, contentType } = found;
      const stream = from < size ? await read(objectKey(found), from) : none();
      return { size, name, contentType, stream };
    },
  };
}

function because(reason: string | undefined): string {
  return reason === undefined ? ', not ready.' : `: ${reason}`;
}

async function* none(): AsyncGenerator<Uint8Array> {}
