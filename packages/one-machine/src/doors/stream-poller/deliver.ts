import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from '../../faults.ts';
import type { FunctionHost, Invocation } from '../../functions/function-host.ts';
import type { StreamSourceModel } from '../../template/model.ts';
import { failedItems } from '../batch-answer.ts';
import { eventOf, type PolledRecord, partitionId } from './event.ts';

/** Why a batch was given up; Lambda's words. */
export type Condition = 'RetryAttemptsExhausted' | 'MaximumRecordAgeExceeded';

export interface Delivery {
  readonly source: StreamSourceModel;
  readonly brokers: string;
  readonly functions: FunctionHost;
  readonly faults: Faults;
  /** Puts what is given up where it is kept; resolves when it is. */
  readonly bury: (records: readonly PolledRecord[], condition: Condition, tries: number) => Promise<void>;
  /** Everything up to and with these records is done: it never comes again. */
  readonly commit: (records: readonly PolledRecord[]) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onError: (message: string) => void;
}

// Lambda's first pause is about a second; ten are enough for a person at a terminal.
const firstPauseMs = 200;
const longestPauseMs = 10_000;

/**
 * Hands a batch to the function until all of it is done or given up. A partial answer moves on to the first record that
 * failed; an error halves the batch where the mapping says so, and else is tried again. Returns early when stopped: what
 * isn't committed comes again.
 */
export async function deliver(records: readonly PolledRecord[], delivery: Delivery): Promise<void> {
  const { source, signal } = delivery;
  let rest = await withoutOld(records, delivery);
  for (let tries = 1; rest.length > 0 && !signal.aborted; tries += 1) {
    const invocation = await invoke(rest, delivery);
    const left = leftOf(invocation, rest, source);
    if (left.length < rest.length) {
      await delivery.commit(rest.filter((one) => !left.includes(one)));
      rest = left;
      tries = 1;
      if (rest.length === 0) return;
    }
    if (throttled(invocation)) tries -= 1;
    else if (!invocation.ok && source.bisects && rest.length > 1) return halve(rest, delivery);
    else if (tries > source.retries) return giveUp(rest, tries, delivery);
    await pause(tries, signal);
    rest = await withoutOld(rest, delivery);
  }
}

async function halve(rest: readonly PolledRecord[], delivery: Delivery): Promise<void> {
  const middle = Math.ceil(rest.length / 2);
  await deliver(rest.slice(0, middle), delivery);
  await deliver(rest.slice(middle), delivery);
}

/** Only what can't be done is given up: with bisecting that is one record, without it all that came with it. */
async function giveUp(rest: readonly PolledRecord[], tries: number, delivery: Delivery): Promise<void> {
  const given = delivery.source.bisects ? rest.slice(0, 1) : rest;
  await delivery.bury(given, 'RetryAttemptsExhausted', tries);
  await delivery.commit(given);
  await deliver(rest.slice(given.length), delivery);
}

async function withoutOld(records: readonly PolledRecord[], delivery: Delivery): Promise<readonly PolledRecord[]> {
  const { maximumAgeSeconds } = delivery.source;
  if (maximumAgeSeconds === undefined) return records;
  const oldest = Date.now() - maximumAgeSeconds * 1000;
  const old = records.filter(({ record }) => record.timestamp < oldest);
  if (old.length === 0) return records;
  await delivery.bury(old, 'MaximumRecordAgeExceeded', 0);
  const rest = records.filter((one) => !old.includes(one));
  if (rest.length === 0) await delivery.commit(old);
  return rest;
}

async function invoke(
  rest: readonly PolledRecord[],
  { source, brokers, functions, faults }: Delivery,
): Promise<Invocation> {
  const event = eventOf(rest, source, brokers);
  if (faults.duplicates()) await functions.invoke(source.functionArn, event);
  return functions.invoke(source.functionArn, event);
}

/** What must come again: nothing, all, or each reported partition from its reported offset on. */
function leftOf(
  invocation: Invocation,
  rest: readonly PolledRecord[],
  { partialAnswers }: StreamSourceModel,
): readonly PolledRecord[] {
  if (!invocation.ok) return rest;
  if (!partialAnswers) return [];
  const failures = failuresIn(invocation.payload);
  const known = failures?.every(({ partition, offset }) =>
    rest.some(({ record }) => partitionId(record) === partition && record.offset === offset),
  );
  // Anything that isn't of the event fails all of it, as Lambda has it.
  if (!failures || !known) return rest;
  const first = new Map(failures.map(({ partition, offset }) => [partition, offset]));
  return rest.filter(({ record }) => record.offset >= (first.get(partitionId(record)) ?? Number.POSITIVE_INFINITY));
}

interface ItemFailure {
  readonly partition: string;
  readonly offset: number;
}

/** `undefined` for an answer of another form; nothing reported is nothing failed. */
function failuresIn(payload: unknown): readonly ItemFailure[] | undefined {
  const items = failedItems(payload);
  return items?.every(isItem) ? items : undefined;
}

function isItem(item: unknown): item is ItemFailure {
  return typeof item === 'object' && item !== null && 'partition' in item && 'offset' in item;
}

function throttled(invocation: Invocation): boolean {
  return !invocation.ok && invocation.error.errorType === 'Lambda.TooManyRequestsException';
}

async function pause(tries: number, signal: AbortSignal): Promise<void> {
  const milliseconds = Math.min(firstPauseMs * 2 ** Math.max(tries - 1, 0), longestPauseMs);
  // A stop wakes it; the loop sees that.
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
