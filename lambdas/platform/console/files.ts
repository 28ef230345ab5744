import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** The media types of the application's files. */
export const consoleContentTypes = [
  ...new Set(Object.values(contentTypes).map((type) => type.split(';')[0] ?? type)),
  'application/octet-stream',
];

/** One file of the application as it is sent. */
export interface ConsoleFile {
  readonly contentType: string;
  readonly gzipped: Uint8Array;
  /** Changes with its content. */
  readonly etag: string;
}

/** `building` until the application has been built: on one machine that goes on while the stack is ready. */
export type FindFile = (name: string) => ConsoleFile | 'building' | undefined;

/** Finds the files of a built application, each of which lies there compressed. A name that was not listed is not opened. */
export function consoleFiles(folder: string): FindFile {
  const home = path.resolve(import.meta.dirname, folder);
  const read = new Map<string, ConsoleFile>();
  let names: ReadonlySet<string> | undefined;
  return (name) => {
    // The folder is put in its place whole: where it is, it is complete.
    if (!names && !existsSync(home)) return 'building';
    names ??= new Set(
      readdirSync(home, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/')),
    );
    if (!names.has(`${name}.gz`)) return undefined;
    const file = read.get(name) ?? readConsoleFile(home, name);
    read.set(name, file);
    return file;
  };
}

function readConsoleFile(home: string, name: string): ConsoleFile {
  const gzipped = readFileSync(path.join(home, `${name}.gz`));
  const etag = `"${createHash('sha256').update(gzipped).digest('base64url').slice(0, 22)}"`;
  return { contentType: contentTypes[path.extname(name)] ?? 'application/octet-stream', gzipped, etag };
}
