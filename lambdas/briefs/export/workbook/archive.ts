import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** A part's bytes, or what makes them. */
export type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** A ZIP file that is written part by part, one after the other; nothing of it is kept. */
export interface Archive {
  /** Resolves when the part is taken. */
  add(path: string, chunks: Chunks): Promise<void>;
}

// The first moment that a ZIP can tell, in the machine's zone, as ZIP has none: the same parts give the same bytes.
const noTime = new Date(1980, 0, 1);

/**
 * Makes an archive while its bytes go somewhere, and fails when either does. `level`: how hard it compresses, 1 to 9; 1
 * for what is compressed already.
 */
export async function archived(
  level: number,
  write: (archive: Archive) => Promise<void>,
  read: (bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const gone = new Promise<never>((_, reject) => {
    output.once('close', () => reject(new Error('The archive’s reader is gone')));
  });
  gone.catch(() => undefined);
  const options = { mtime: noTime, mode: 0o100644, forceDosTimestamp: true, compressionLevel: level };
  const add = async (path: string, chunks: Chunks) => {
    const source = Readable.from(asBytes(chunks), { objectMode: false });
    const taken = new Promise<void>((resolve, reject) => source.once('end', resolve).once('error', reject));
    zip.addReadStream(source, path, options);
    await Promise.race([taken, gone]);
  };
  const writing = write({ add }).then(
    () => zip.end(),
    (error: unknown) => {
      // The reader must not wait for the rest.
      output.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    },
  );
  await Promise.all([writing, read(output)]);
}

// Few large chunks: each goes through six streams.
const chunkLength = 128 * 1024;

async function* asBytes(chunks: Chunks): AsyncGenerator<Uint8Array> {
  let text = '';
  for await (const chunk of chunks) {
    if (typeof chunk === 'string') {
      text += chunk;
      if (text.length < chunkLength) continue;
    }
    if (text !== '') yield Buffer.from(text);
    text = '';
    if (typeof chunk !== 'string') yield chunk;
  }
  if (text !== '') yield Buffer.from(text);
}
