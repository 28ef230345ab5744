import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** One file of bytes that never changes; an object sent in parts has several. */
export interface Segment {
  readonly blob: string;
  readonly size: number;
}

/** A range of bytes of an object, held against removal until `close`. */
export interface Reading {
  readonly bytes: AsyncIterable<Uint8Array>;
  close(): void;
}

/** The bytes of all objects, one file each under a random name; what they mean is in the catalogue. */
export class Blobs {
  readonly #directory: string;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();
  readonly #folders = new Set<string>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Writes to disk, not only to the system's memory, and returns the name; nothing stays when the source fails. */
  async write(bytes: AsyncIterable<Uint8Array>): Promise<string> {
    const blob = randomUUID();
    await this.#makeFolder(folderOf(blob));
    const file = await open(this.#path(blob), 'wx');
    try {
      for await (const piece of bytes) await file.writeFile(piece);
      await file.datasync();
    } catch (error) {
      await this.remove([blob]);
      throw error;
    } finally {
      await file.close();
    }
    return blob;
  }

  /** Reads `length` bytes from `start` of the segments in their order. Take it in the tick that found the segments. */
  read(segments: readonly Segment[], start: number, length: number): Reading {
    const blobs = segments.map(({ blob }) => blob);
    for (const blob of blobs) this.#readers.set(blob, (this.#readers.get(blob) ?? 0) + 1);
    let open = true;
    return {
      bytes: this.#stream(segments, start, start + length),
      close: () => {
        if (open) this.#release(blobs);
        open = false;
      },
    };
  }

  /** All bytes of the segments as one blob of their own. Take it in the tick that found them. */
  async join(segments: readonly Segment[]): Promise<Segment> {
    const size = segments.reduce((sum, segment) => sum + segment.size, 0);
    const reading = this.read(segments, 0, size);
    try {
      return { blob: await this.write(reading.bytes), size };
    } finally {
      reading.close();
    }
  }

  /** Gives a blob's bytes a second name, `file`, which stays when the blob goes. Take it in the tick that found the blob. */
  async link({ blob, size }: Segment, file: string): Promise<void> {
    const { close } = this.read([{ blob, size }], 0, 0);
    try {
      await link(this.#path(blob), file).catch(async (error: NodeJS.ErrnoException) => {
        if (!withoutLinks.has(error.code)) throw error;
        await copyFile(this.#path(blob), file);
      });
    } finally {
      close();
    }
  }

  /** At once, or when the last reader has finished. */
  async remove(blobs: readonly string[]): Promise<void> {
    for (const blob of blobs) {
      if (this.#readers.has(blob)) this.#doomed.add(blob);
      else await rm(this.#path(blob), { force: true });
    }
  }

  /** Removes what a crash left between the writing of a file and its entry in the catalogue; only while there are no writers. */
  async removeAllBut(known: ReadonlySet<string>): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    for (const entry of await readdir(this.#directory, { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && !known.has(entry.name)) await rm(join(entry.parentPath, entry.name));
    }
  }

  async *#stream(segments: readonly Segment[], start: number, end: number): AsyncGenerator<Uint8Array> {
    let offset = 0;
    for (const { blob, size } of segments) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, size);
      // createReadStream's end is inclusive.
      if (from < to) yield* createReadStream(this.#path(blob), { start: from, end: to - 1, highWaterMark: 256 * 1024 });
      offset += size;
    }
  }

  #release(blobs: readonly string[]): void {
    for (const blob of blobs) {
      const left = (this.#readers.get(blob) ?? 1) - 1;
      if (left > 0) {
        this.#readers.set(blob, left);
        continue;
      }
      this.#readers.delete(blob);
      // A file that can't be removed now is an orphan, which the next start removes.
      if (this.#doomed.delete(blob)) void rm(this.#path(blob), { force: true }).catch(() => undefined);
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    await mkdir(join(this.#directory, folder), { recursive: true });
    this.#folders.add(folder);
  }

  #path(blob: string): string {
    return join(this.#directory, folderOf(blob), blob);
  }
}

/** Another disk, or one that has no links, or doesn't let us make them. */
const withoutLinks: ReadonlySet<string | undefined> = new Set([
  'EXDEV',
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
]);

// 256 folders: some file systems get slow with very many files in one.
function folderOf(blob: string): string {
  return blob.slice(0, 2);
}
