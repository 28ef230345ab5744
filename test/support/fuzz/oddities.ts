import fc from 'fast-check';

/** What nobody asks for in good faith, and somebody sends. */

const long = 'x'.repeat(2000);

const texts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\u{1F6A2}',
  '\u202e',
  '\ufeff',
  '\ufffd',
  'ﬀ１２٣',
  "'; drop table deals; --",
  '%00',
  '%',
  '../../etc/passwd',
  '-1',
  '-0',
  '0',
  // Ids that may be there.
  '1',
  '2',
  '3',
  '00',
  '+1',
  '1.0',
  '1e400',
  '9007199254740993',
  '9'.repeat(400),
  '0x10',
  'NaN',
  'true',
  'null',
  'undefined',
  '[]',
  '{}',
  '__proto__',
  'constructor',
  '2026-02-30',
  '0000-01-01',
  '9999-12-31',
  '10000-01-01',
  '2026-11-21T00:00:00+99:99',
  'file:',
  'file:00000000-0000-0000-0000-000000000000',
  'http://169.254.169.254/',
  long,
];

/** Text for a parameter. */
export const oddTexts: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...texts),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const oddValues: fc.Arbitrary<unknown> = fc.oneof(
  oddTexts,
  // Half of a pair: JSON can say it, UTF-8 can't.
  fc.constantFrom('\ud800', 'x'.repeat(20_000)),
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, -1e308, 2 ** 53, 2 ** 31, [], {}, [[]], [null]),
  fc.constant(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key${index}`, index]))),
  fc.constant(Array.from({ length: 2000 }, (_, index) => index)),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A value with one part of it gone, odd or too much. */
export function spoilt(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(values, fc.nat(), oddValues, fc.constantFrom('replace', 'drop', 'add'))
    .map(([value, at, odd, how]) => {
      const places = placesIn(value);
      const place = places[at % places.length] ?? [];
      return changed(value, place, odd, how);
    });
}

type Place = readonly (string | number)[];

function placesIn(value: unknown, at: Place = []): Place[] {
  if (value === null || typeof value !== 'object') return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...at, key]))];
}

function changed(value: unknown, [first, ...rest]: Place, odd: unknown, how: 'replace' | 'drop' | 'add'): unknown {
  if (first === undefined) {
    const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
    return how === 'add' && isObject ? { ...value, unheard_of: odd } : odd;
  }
  const copy = structuredClone(value) as Record<string | number, unknown>;
  if (rest.length === 0 && how === 'drop') delete copy[first];
  else copy[first] = changed(copy[first], rest, odd, how);
  return copy;
}

/** Bodies that are no JSON of any schema. */
export const oddBodies: fc.Arbitrary<string | Buffer> = fc.oneof(
  fc.constantFrom<string | Buffer>(
    '',
    '{',
    '"',
    'null',
    '[]',
    '1',
    'name=x&args=[',
    '{"a":1}{"a":2}',
    '{"__proto__":{"admin":true}}',
    '['.repeat(50_000),
    `{"text":"${'x'.repeat(300_000)}"}`,
    Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
    Buffer.from('{"text":"\ufeff"}', 'utf16le'),
    Buffer.alloc(1000),
  ),
  fc.string({ unit: 'binary', maxLength: 100 }),
);
