import { floorNumber } from './floor.ts';
import { rocDate } from './roc-date.ts';
import { beginning } from './storable.ts';

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

/** Text as it is, private-use and replacement characters included. What can't be stored was replaced before (`storable`). */
export function textCell(max: number): (cell: string) => string | Fault {
  return (cell) => {
    // Length is counted in characters, as PostgreSQL does; UTF-16 units are never fewer.
    if (cell.length > max && [...cell].length > max) return new Fault(`is longer than ${max} characters`);
    return cell;
  };
}

// All 22,464 serial numbers of the real files at hand (20 files of 9 counties, 2019 to 2022) are RP, 13 letters, two digits
// and two letters: RPUSNLMLOHGGFBF68CB. What the ministry may change some day (length, order) is left open; what tells a
// serial number from the cells beside it (an amount, a note, a project such as PARK268) is not.
const serialForm = /^RP[A-Z\d]{8,30}$/;

/** The ministry's number of a deal. A cell of another form has slipped in from another column. */
export function serialCell(cell: string): string | Fault {
  const serial = cell.trim();
  if (serial === '') return new Fault('is missing');
  return serialForm.test(serial) ? serial : new Fault(`${quoted(serial)} is not a serial number`);
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

// Pre-sale deals are registered within weeks, since 2012: what is this old is a year that lost a digit.
const firstDay = '2000-01-01';

/** A day of the ROC calendar since 2000, as `2022-07-13`. */
export function dateCell(cell: string): string | Fault {
  const text = cell.trim();
  if (text === '') return new Fault('is empty');
  const date = rocDate(text);
  if (date === undefined) return new Fault(`${quoted(text)} is not a date`);
  return date < firstDay ? new Fault(`${quoted(text)} is before ${firstDay}`) : date;
}

/** One floor, or null for what is not exactly one. */
export function floorCell(cell: string): number | null | Fault {
  const text = cell.trim();
  if (/^\d+$/.test(text) && Number(text) > maxInt4) return new Fault(`${quoted(text)} is larger than ${maxInt4}`);
  return floorNumber(text) ?? null;
}

/** A value as reasons show it: a damaged cell can be as long as a file. */
function quoted(text: string): string {
  return text.length > 40 ? `${beginning(text, 40)}…` : text;
}
