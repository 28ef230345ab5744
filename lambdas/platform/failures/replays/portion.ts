import type { ReplayMessage } from '../../contract.ts';
import type { FailureRow } from '../ledger.ts';
import { replayName } from '../lineage.ts';
import { sourceOf } from './bound.ts';
import type { Replays } from './replays.ts';

/** At most so many failures a second, which the function that puts them back is sure to keep up with. */
export const largestRate = 200;

/** A replay takes four days at most: its state machine ends after five, and a day is left for outages meanwhile. */
export const longestSeconds = 4 * 24 * 60 * 60;

const portionSeconds = 30;
// A hundred batches: sent within a second or two.
const largestPortion = 1000;
// A portion is nine events of its execution's history, which holds 25,000: the rest is for tries that fail.
const mostPortions = 2000;

/** A message that stays invisible in the queue for a while. */
export interface Paced {
  readonly message: ReplayMessage;
  readonly delaySeconds: number;
}

/** What sending works with. */
export interface PortionPorts {
  readonly replays: Pick<Replays, 'takePortion' | 'sent'>;
  /** Resolves to the indexes of the messages that SQS has durably. */
  readonly sendAll: (paced: readonly Paced[]) => Promise<readonly number[]>;
  readonly clock: () => Date;
}

/**
 * How many failures go out together: half a minute's, for the queue spreads them over their seconds; of a replay that
 * takes more than 16 hours more, up to three minutes' (SQS delays 15 at most).
 */
export function portionSize(rate: number, chosen: number): number {
  const seconds = Math.max(portionSeconds, chosen / rate / mostPortions);
  return Math.max(1, Math.min(Math.ceil(rate * seconds), largestPortion));
}

/** Failures as messages, as many in each second as the rate allows. */
function paced(failures: readonly FailureRow[], rate: number): readonly Paced[] {
  return failures.map((failure, index) => ({ message: messageOf(failure), delaySeconds: Math.floor(index / rate) }));
}

/** The input that is sent again. The kept original stays as it is, also when an edited one is sent. */
export function messageOf(failure: FailureRow, edited?: string): ReplayMessage {
  const { id, door, attributes } = failure;
  const original = lyingOf(failure);
  const given = edited === undefined ? original : { input: edited, edited: { source: sourceOf(failure), original } };
  return { name: replayName(id), failure_id: id, door: door ?? '', attributes, ...given };
}

/** The input of a failure, or where it lies. */
function lyingOf({ input, input_key, input_execution }: FailureRow) {
  return {
    ...(input === null ? {} : { input }),
    ...(input_key === null ? {} : { input_key }),
    ...(input_execution === null ? {} : { input_execution }),
  };
}

/**
 * Sends the next portion of a replay and says when the one after it is due. What was taken and not sent, because this
 * died in between or SQS refused, is what the next try sends first.
 */
export async function sendPortion(replayId: number, { replays, sendAll, clock }: PortionPorts) {
  const startedAt = clock();
  const { state, rate, failures } = await replays.takePortion(replayId, portionSize);
  const sent = await sendAll(paced(failures, rate));
  await replays.sent(
    replayId,
    sent.flatMap((index) => failures[index]?.id ?? []),
  );
  const next = new Date(startedAt.getTime() + (failures.length / rate) * 1000);
  return { state, sent: sent.length, all: sent.length === failures.length, nextAt: next };
}
