/** One member of a JSON object, as it stands in its text. */
interface Member {
  readonly name: string;
  /** Name, colon and value, without the space around. */
  readonly text: string;
}

/**
 * A JSON object's text with members added at its end; those it had of the same names are left out. All others stay as
 * they are to the byte, in their order: numbers beyond 2^53, escapes and doubled names would not survive a parser.
 * `raw` must be the valid JSON of an object.
 */
export function withMembers(raw: string, added: Readonly<Record<string, unknown>>): string {
  const kept = replaces(raw, added) ? membersOf(raw).filter(({ name }) => !Object.hasOwn(added, name)) : undefined;
  const before = kept ? `{${kept.map(({ text }) => text).join(',')}` : raw.slice(0, raw.lastIndexOf('}')).trimEnd();
  const after = JSON.stringify(added).slice(1);
  return before.trim() === '{' || after === '}' ? `${before}${after}` : `${before},${after}`;
}

/** Whether a name to be added stands anywhere in the text: most often none does, and nothing has to be taken apart. */
function replaces(raw: string, added: Readonly<Record<string, unknown>>): boolean {
  // A name may be written with escapes.
  return raw.includes('\\') || Object.keys(added).some((name) => raw.includes(`"${name}"`));
}

function membersOf(raw: string): Member[] {
  const members: Member[] = [];
  for (let at = raw.indexOf('"'); at !== -1; ) {
    const nameEnd = stringEnd(raw, at);
    const end = valueEnd(raw, raw.indexOf(':', nameEnd) + 1);
    members.push({ name: JSON.parse(raw.slice(at, nameEnd)), text: raw.slice(at, end).trimEnd() });
    at = raw[end] === ',' ? raw.indexOf('"', end) : -1;
  }
  return members;
}

/** After the closing quote of the string that opens at `start`. */
function stringEnd(raw: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    at = raw.indexOf('"', at);
    let slashes = 0;
    while (raw[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
}

/** The comma or brace that ends the value which starts at `start`. */
function valueEnd(raw: string, start: number): number {
  const marks = /["[\]{},]/g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(raw); mark !== null; mark = marks.exec(raw)) {
    if (depth === 0 && (mark[0] === ',' || mark[0] === '}')) return mark.index;
    if (mark[0] === '"') marks.lastIndex = stringEnd(raw, mark.index);
    else if (mark[0] === '{' || mark[0] === '[') depth += 1;
    else if (mark[0] !== ',') depth -= 1;
  }
  return raw.length;
}
