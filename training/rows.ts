import { readFileSync } from 'node:fs';
import { PermanentError } from '#kit/errors.ts';

/** A labelled text. */
export interface Row {
  readonly text: string;
  readonly label: string;
}

/**
 * Reads `text<TAB>label` lines; the last tab divides, empty lines are skipped. With names, a label is a number that counts
 * them from 0. Throws a PermanentError that names the line.
 */
export function readRows(file: string, names?: readonly string[]): Row[] {
  const lines = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  return lines.flatMap((line, at) => {
    if (line.trim() === '') return [];
    const tab = line.lastIndexOf('\t');
    const written = line.slice(tab + 1).trim();
    const label = names === undefined ? written : (names[Number(written)] ?? '');
    if (tab < 1 || label === '') throw new PermanentError(`${file}, line ${at + 1}: not "text<TAB>label"`);
    return [{ text: line.slice(0, tab), label }];
  });
}

/** Reads the names of numbered labels, one a line. */
export function readLabelNames(file: string | undefined): string[] | undefined {
  if (file === undefined) return undefined;
  return readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
}
