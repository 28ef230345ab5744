const text = '央行下调存款准备金率';

/** Twenty kinds of records that can never be tagged; `undefined` is a tombstone. */
export const poison: readonly (Buffer | undefined)[] = [
  undefined,
  Buffer.alloc(0),
  Buffer.from('no json'),
  Buffer.from([0xff, 0xfe, 0x7b, 0x7d, 0x80]),
  Buffer.from(`{"text":"${text}`),
  Buffer.from(`{"text":"${text}"} and more`),
  Buffer.from(`{'text':'${text}'}`),
  Buffer.from('[1,2,3]'),
  Buffer.from('"a string"'),
  Buffer.from('null'),
  Buffer.from('12345678901234567890'),
  Buffer.from('{}'),
  Buffer.from('{"text":7}'),
  Buffer.from('{"text":null}'),
  Buffer.from(`{"text":["${text}"]}`),
  // The last of two names counts.
  Buffer.from(`{"text":"${text}","text":{}}`),
  Buffer.from('\0\0\0\0'),
  Buffer.from('{"text":"a\0b"}'),
  Buffer.from('['.repeat(200_000)),
  Buffer.from(`{"text":"${text}"}`, 'utf16le'),
];

/** Too large for an invocation of Lambda in base64: it ends in the bucket, and so in the ledger. */
export const fiveMegabytes = Buffer.alloc(5_000_000, 'x');

/** What a parser would lose or change; each must pass byte for byte. */
export const oddMembers: readonly string[] = [
  '"big":9007199254740993123,"small":1e-400,"huge":1E400,"minus":-0.0',
  '"same":1,"same":2',
  '"nul":"a\\u0000b","slash":"\\/","quote":"\\"}{\\\\","lone":"\\ud800"',
  `"deep":${'['.repeat(500)}${']'.repeat(500)}`,
  '"spaced" : [ 1 ,  2 ] , "empty":{}',
  '"emoji":"🚢","escaped":"\\ud83d\\udea2"',
];
