import { add, type FeatureBuffer } from './feature-buffer.ts';
import { mix } from './hash.ts';

const kinds = { width: 31, count: 32, run: 33, runPair: 34, outline: 35, measured: 36, gram: 37 } as const;

// Beyond a long headline the shape says no more, and a long text must not pay for it.
const runsRead = 48;
const unitsRead = 400;

const han = 1;
const upper = 2;
const lower = 3;
const digit = 4;
const space = 5;

/** The class of a code unit: Han, upper case, lower case, digit, white space, or the sign itself. */
function classOf(unit: number): number {
  if (unit >= 0x4e00 && unit <= 0x9fff) return han;
  if (unit >= 0x61 && unit <= 0x7a) return lower;
  if (unit >= 0x41 && unit <= 0x5a) return upper;
  if (unit >= 0x30 && unit <= 0x39) return digit;
  if (unit === 0x20 || unit === 0x3000 || unit === 0xa0 || (unit >= 9 && unit <= 13)) return space;
  return unit + 16;
}

const classes = new Int32Array(runsRead);
const lengths = new Int32Array(runsRead);

/** Runs of one class; of signs each is a run. Returns how many. */
function readRuns(raw: string): number {
  let runs = 0;
  for (let i = 0; i < Math.min(raw.length, unitsRead); i += 1) {
    const found = classOf(raw.charCodeAt(i));
    if (runs > 0 && found <= space && classes[runs - 1] === found) {
      lengths[runs - 1] = (lengths[runs - 1] ?? 0) + 1;
      continue;
    }
    if (runs === runsRead) break;
    classes[runs] = found;
    lengths[runs] = 1;
    runs += 1;
  }
  return runs;
}

/**
 * How a text is built, apart from what it says: its width on a screen, its count of words, and the order of its runs.
 * Desks have habits: sports likes two halves with a space between, finance colons, games Latin titles with digits.
 */
export function addShape(buffer: FeatureBuffer, raw: string, words: number): void {
  let width = 0;
  for (let i = 0; i < Math.min(raw.length, unitsRead); i += 1) width += raw.charCodeAt(i) > 0x2e80 ? 2 : 1;
  add(buffer, mix(kinds.width, width));
  add(buffer, mix(kinds.count, Math.min(words, unitsRead)));
  const runs = readRuns(raw);
  let outline: number = kinds.outline;
  let measured: number = kinds.measured;
  let lastRun = 0;
  for (let i = 0; i < runs; i += 1) {
    const sign = classes[i] ?? 0;
    const run = mix(sign, lengths[i] ?? 0);
    outline = mix(outline, sign);
    measured = mix(measured, run);
    add(buffer, mix(kinds.run, run));
    if (i > 0) add(buffer, mix(mix(kinds.runPair, lastRun), run));
    lastRun = run;
  }
  add(buffer, outline);
  add(buffer, measured);
  addGrams(buffer, runs);
}

/** Two to four neighbouring runs by class alone, with the text's edges (class 0). */
function addGrams(buffer: FeatureBuffer, runs: number): void {
  for (let start = -1; start < runs; start += 1) {
    let hash: number = kinds.gram;
    for (let i = start; i < start + 4 && i <= runs; i += 1) {
      hash = mix(hash, i < 0 || i === runs ? 0 : (classes[i] ?? 0));
      if (i > start) add(buffer, hash);
    }
  }
}
