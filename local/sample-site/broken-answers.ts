import { buffer } from 'node:stream/consumers';
import { type Answer, pageAnswer, systemError, textAnswer, underConstruction } from './answers.ts';
import type { Archive } from './archive.ts';
import type { Day } from './calendar.ts';
import type { Fault } from './faults.ts';
import { bomb, zeros } from './generated/bomb.ts';
import { hugeFile } from './generated/huge-file.ts';
import { earlierPublications, lateList } from './history-page.ts';
import { type Asked, fileAnswer, listAnswer } from './site.ts';
import { fileOfBytes } from './site-file.ts';

/** How an answer leaves the machine. */
export type Delivery =
  | { readonly how: 'whole' }
  | { readonly how: 'reset' | 'endless headers' | 'half, then reset' | 'half, then silence' }
  | { readonly how: 'half'; readonly declareWhole: boolean }
  | { readonly how: 'wrong length'; readonly factor: number }
  | { readonly how: 'drip'; readonly bytesPerSecond: number };

/** What a fault needs to know of the request it strikes. */
export interface Struck {
  readonly url: string;
  readonly request: Asked;
  readonly archive: Archive;
  readonly today: Day;
  readonly seed: string;
  /** The answer of the unbroken site. */
  readonly answer: () => Promise<Answer>;
}

const MEGABYTE = 1_048_576;

/** The smallest picture there is: one transparent point. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/** The answer a fault makes of a request, and how it is delivered. */
export async function brokenAnswer(fault: Fault, struck: Struck): Promise<{ answer: Answer; delivery: Delivery }> {
  switch (fault.kind) {
    case 'reset':
      return { answer: await struck.answer(), delivery: { how: 'reset' } };
    case 'endless-headers':
      return { answer: await struck.answer(), delivery: { how: 'endless headers' } };
    case 'half-then-reset':
      return { answer: await struck.answer(), delivery: { how: 'half, then reset' } };
    case 'silence':
      return { answer: await struck.answer(), delivery: { how: 'half, then silence' } };
    case 'wrong-length':
      return {
        answer: await struck.answer(),
        delivery: { how: 'wrong length', factor: fault.declared === 'half' ? 0.5 : 2 },
      };
    case 'gzip-bomb':
      return { answer: await packedAnswer(fault, struck), delivery: { how: 'whole' } };
    case 'truncated':
      return { answer: await struck.answer(), delivery: { how: 'half', declareWhole: fault.length === 'declared' } };
    case 'slow':
      return { answer: await struck.answer(), delivery: { how: 'drip', bytesPerSecond: fault.bytesPerSecond } };
    default:
      return { answer: otherAnswer(fault, struck), delivery: { how: 'whole' } };
  }
}

type FaultOnTheWay =
  | 'reset'
  | 'endless-headers'
  | 'half-then-reset'
  | 'silence'
  | 'truncated'
  | 'wrong-length'
  | 'slow';
type WholeFault = Exclude<Fault, { kind: FaultOnTheWay | 'gzip-bomb' }>;

function otherAnswer(fault: WholeFault, struck: Struck): Answer {
  switch (fault.kind) {
    case 'html-error':
      return systemError(fault.status);
    case 'under-construction':
      return underConstruction(fault.status);
    case 'status':
      return withHeaders(
        pageAnswer(fault.status, String(fault.status), '服務暫停。'),
        retryAfter(fault.retryAfterSeconds),
      );
    case 'wrong-content-type':
      return fault.contentType === 'image/png'
        ? { status: 200, headers: { 'content-type': 'image/png' }, ...fileOfBytes(PNG) }
        : textAnswer(200, 'application/json;charset=UTF-8', '{"status":"error","message":"系統忙碌中"}');
    case 'huge':
      return hugeAnswer(fault.megabytes, struck);
    case 'not-out':
      return lateAnswer(fault.lastDate, struck);
    case 'redirect-loop':
      // Two slashes in front would be read as a host name.
      return withHeaders(pageAnswer(302, '302', '網頁已移動。'), { location: struck.url.replace(/^\/+/, '/') });
    case 'zeros':
      return {
        status: 200,
        headers: { 'content-type': 'text/csv;charset=UTF-8' },
        bytes: Math.floor(fault.megabytes * MEGABYTE),
        read: () => zeros(fault.megabytes),
      };
  }
}

async function packedAnswer(
  { megabytes, begins }: Extract<Fault, { kind: 'gzip-bomb' }>,
  struck: Struck,
): Promise<Answer> {
  const file = begins === 'file' ? await buffer((await struck.answer()).read()) : undefined;
  return {
    status: 200,
    headers: { 'content-type': 'text/csv;charset=UTF-8', 'content-encoding': 'gzip' },
    read: () => bomb(megabytes, file),
  };
}

function hugeAnswer(megabytes: number, { request, archive, today, seed }: Struck): Answer {
  const letter = 'county' in request ? request.county : 'F';
  return fileAnswer(letter, hugeFile({ seed, letter, date: archive.current(today) ?? today, megabytes }));
}

function lateAnswer(lastDate: Day | undefined, { archive, today }: Struck): Answer {
  const dates =
    lastDate === undefined ? lateList(archive.current(today) ?? today) : [...earlierPublications(lastDate), lastDate];
  return listAnswer(archive, today, dates);
}

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
