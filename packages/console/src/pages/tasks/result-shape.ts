/** What of a result can be shown as something better than JSON. */

export interface Picture {
  /** Where in the result it stands. */
  readonly name: string;
  /** An address that holds the picture itself: the policy lets no other host in. */
  readonly src: string;
}

export interface ResultTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

// SVG too: what an `img` shows runs no script.
const pictureAddress = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml)[;,]/;

/** How the base64 of files begins, which say what they are in their first bytes. */
const beginnings = { iVBORw0KGgo: 'png', '/9j/': 'jpeg', R0lGOD: 'gif', UklGR: 'webp' } as const;
const base64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;
// A word may begin alike: the smallest PNG there is has 67 bytes.
const leastCharacters = 64;

// More than these nobody looks at on one page.
const mostPictures = 20;
const mostRows = 200;

/** Pictures anywhere in a result: as an address, or as the base64 of a file. */
export function picturesOf(result: unknown): readonly Picture[] {
  const found: Picture[] = [];
  const look = (value: unknown, name: string): void => {
    if (found.length === mostPictures) return;
    if (typeof value === 'string') {
      const src = pictureOf(value);
      if (src !== undefined) found.push({ name, src });
    } else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) look(inner, name === '' ? key : `${name}.${key}`);
  };
  look(result, '');
  return found;
}

function pictureOf(text: string): string | undefined {
  if (pictureAddress.test(text)) return text;
  if (text.length < leastCharacters) return undefined;
  const known = Object.entries(beginnings).find(([beginning]) => text.startsWith(beginning));
  return known && base64.test(text) ? `data:image/${known[1]};base64,${text.replace(/\s/g, '')}` : undefined;
}

/** Lists of objects are tables, and so is an object of plain values: the result itself, or a part of it by name. */
export function tablesOf(result: unknown): readonly ResultTable[] {
  const whole = tableOf('', result);
  if (whole) return [whole];
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return [];
  return Object.entries(result).flatMap(([name, value]) => tableOf(name, value) ?? []);
}

function tableOf(name: string, value: unknown): ResultTable | undefined {
  if (Array.isArray(value)) {
    const objects = value.slice(0, mostRows).filter(isObject);
    if (objects.length === 0 || objects.length < Math.min(value.length, mostRows)) return undefined;
    const columns = [...new Set(objects.flatMap((row) => Object.keys(row)))];
    return { name, columns, rows: objects.map((row) => columns.map((column) => cellOf(row[column]))) };
  }
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  // One line of a table says no more than the JSON.
  if (entries.length < 2 || !entries.every(([, one]) => typeof one === 'number')) return undefined;
  return { name, columns: [], rows: entries.slice(0, mostRows).map(([key, one]) => [key, cellOf(one)]) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
