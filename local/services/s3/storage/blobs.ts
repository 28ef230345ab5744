import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
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

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Writes to disk, not only to the system's memory, and returns the name; nothing stays when the source fails. */
  async write(bytes: AsyncIterable<Uint8Array>): Promise<string> {
    const blob = randomUUID();
    await mkdir(join(this.#directory, folderOf(blob)), { recursive: true });
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

  /** At once, or when the last reader has finished. */
  async remove(blobs: readonly string[]): Promise<void> {
    for (const blob of blobs) {
      if (this.#readers.has(blob)) this.#doomed.add(blob);
      else await rm(this.#path(blob), { force: true });
    }
  }

  /** Removes what a crash left between the writing of a file and its entry in the catalogue; only while nobody writes. */
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

  #path(blob: string): string {
    return join(this.#directory, folderOf(blob), blob);
  }
}

// 256 folders: some file systems get slow with very many files in one.
function folderOf(blob: string): string {
  return blob.slice(0, 2);
}
