import { floorNumber } from './floor.ts';
import { rocDate } from './roc-date.ts';

/** Why a cell can't be read. An object of its own, so that reading a good cell makes none. */
export class Fault {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** The largest whole number that a JSON client reads exactly; the bigint columns hold it. */
const maxInteger = Number.MAX_SAFE_INTEGER;

/** The largest value of a PostgreSQL integer column. */
const maxInt4 = 2_147_483_647;

// As many digits as a JSON client reads exactly.
const maxDecimalLength = 15;

/** Text as it is, private-use and replacement characters included. */
export function textCell(max: number): (cell: string) => string | Fault {
  return (cell) => {
    if (cell.includes('\0')) return new Fault('holds a NUL character, which the database has no place for');
    // Length is counted in characters, as PostgreSQL does; UTF-16 units are never fewer.
    if (cell.length > max && [...cell].length > max) return new Fault(`is longer than ${max} characters`);
    return cell;
  };
}

/** Text that must be there. */
export function keyCell(max: number): (cell: string) => string | Fault {
  const read = textCell(max);
  return (cell) => {
    const key = cell.trim();
    return key === '' ? new Fault('is missing') : read(key);
  };
}

/** A whole number from 0 on; empty is 0. `12500000.0` is none. */
export function amountCell(cell: string): number | Fault {
  const text = cell.trim();
  if (text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) return new Fault(`${quoted(text)} is not a whole number`);
  const value = Number(text);
  if (value < 0) return new Fault(`${quoted(text)} is negative`);
  return value > maxInteger ? new Fault(`${quoted(text)} is larger than ${maxInteger}`) : value;
}

/** A decimal number from 0 on, as its text; empty is 0. */
export function areaCell(cell: string): string | Fault {
  const text = cell.trim();
  if (text === '') return '0';
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return new Fault(`${quoted(text)} is not a number`);
  if (text.startsWith('-') && Number(text) < 0) return new Fault(`${quoted(text)} is negative`);
  if (text.length > maxDecimalLength) return new Fault(`${quoted(text)} is longer than ${maxDecimalLength} digits`);
  return text;
}

/** Rooms of one kind: 0 to 9. What is above is a typing error of the source (11080414 is a date). */
export function roomsCell(cell: string): number | Fault {
  const text = cell.trim();
  if (text === '') return new Fault('is empty');
  if (!/^[+-]?\d+$/.test(text)) return new Fault(`${quoted(text)} is not a whole number`);
  const value = Number(text);
  if (value < 0) return new Fault(`${quoted(text)} is negative`);
  return value >= 10 ? new Fault(`${quoted(text)} is 10 or above`) : value;
}

/** A day of the ROC calendar, as `2022-07-13`. */
export function dateCell(cell: string): string | Fault {
  const text = cell.trim();
  if (text === '') return new Fault('is empty');
  return rocDate(text) ?? new Fault(`${quoted(text)} is not a date`);
}

/** One floor, or null for what is not exactly one. */
export function floorCell(cell: string): number | null | Fault {
  const text = cell.trim();
  if (/^\d+$/.test(text) && Number(text) > maxInt4) return new Fault(`${quoted(text)} is larger than ${maxInt4}`);
  return floorNumber(text) ?? null;
}

/** A value as reasons show it: a damaged cell can be as long as a file. */
function quoted(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
