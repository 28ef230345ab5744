/** A value as COPY takes it: JSON and arrays are text of the caller's. */
export type CopyValue = string | number | bigint | boolean | null;

const none = '\\N';

/** A row in PostgreSQL's COPY text format: tabs between, backslash before what would end a field. */
export function copyLine(values: Iterable<CopyValue>): string {
  let line = '';
  let between = '';
  for (const value of values) {
    line += between + copyField(value);
    between = '\t';
  }
  return `${line}\n`;
}

function copyField(value: CopyValue): string {
  if (typeof value === 'string') return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, escapeOf) : value;
  return value === null ? none : String(value);
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escapeOf(character: string): string {
  return escapes[character] ?? character;
}

/** A list of texts as PostgreSQL writes an array; each stands in quotes, so that none is taken for NULL. */
export function arrayText(values: readonly (string | number)[]): string {
  const inner = values.map((value) =>
    typeof value === 'number' ? String(value) : `"${value.replace(/["\\]/g, (sign) => `\\${sign}`)}"`,
  );
  return `{${inner.join(',')}}`;
}
