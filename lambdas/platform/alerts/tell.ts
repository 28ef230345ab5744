import type { Clock } from '#kit/clock.ts';
import type { MailMessage } from '../contract.ts';
import { alertMail } from './alert-mail.ts';
import type { Claimed, Waiting } from './claimed.ts';
import { type AlertSettings, ratingOf } from './settings.ts';

/** What became of a wake. */
export type Told = 'told' | 'nothing to tell' | 'can wait' | 'too soon';

/** Why it isn't told now; `undefined`: it is. */
export type Reluctance = (waiting: Waiting, lastMailAt: Date | undefined) => Exclude<Told, 'told'> | undefined;

export interface AlertMails {
  /**
   * Claims all of a workload that is still to be told, and writes the mail into the outbox with the claim: one
   * transaction, one at a time for each workload. Nothing is claimed where `reluctance` has a reason.
   */
  claim(request: {
    readonly workload: string;
    readonly now: Date;
    readonly reluctance: Reluctance;
    readonly compose: (claimed: Claimed, id: string) => MailMessage;
  }): Promise<Told>;
  /** Hands every mail of the outbox to `send`; one that was handed over is marked. Two at once share the work. */
  handOver(send: (mail: MailMessage) => Promise<void>, now: Date): Promise<void>;
  /** Workloads with something untold since before that time: their wake was lost. */
  overdue(before: Date): Promise<readonly string[]>;
}

export interface TellPorts {
  readonly mails: AlertMails;
  readonly settings: AlertSettings;
  readonly send: (mail: MailMessage) => Promise<void>;
  readonly wake: (workloads: Iterable<string>) => Promise<void>;
  readonly clock: Clock;
}

const minuteMs = 60_000;
// Known reasons of low severity make at most one mail a day; in between they are added to other mails.
const lowPauseMs = 24 * 60 * minuteMs;
// A wake takes one minute, two when a mail has just gone out.
const lostAfterMs = 5 * minuteMs;

/**
 * Tells what a workload has to tell, in one mail. Too soon after the last one it asks to be woken again. A mail that an
 * earlier try claimed and didn't hand over goes out first of all; after a mail it looks for wakes that were lost.
 */
export async function tell(workload: string, { mails, settings, send, wake, clock }: TellPorts): Promise<Told> {
  await mails.handOver(send, clock());
  const now = clock();
  const told = await mails.claim({
    workload,
    now,
    reluctance: (waiting, lastMailAt) => reluctance(waiting, lastMailAt, now, settings),
    compose: (claimed, id) => alertMail(claimed, id, settings),
  });
  if (told === 'too soon') await wake([workload]);
  if (told !== 'told') return told;
  await mails.handOver(send, clock());
  await wake(await mails.overdue(new Date(now.getTime() - lostAfterMs)));
  return told;
}

function reluctance(
  { failures, alerts }: Waiting,
  lastMailAt: Date | undefined,
  now: Date,
  settings: AlertSettings,
): ReturnType<Reluctance> {
  const all = [
    ...alerts,
    ...failures.map(({ edge, ...group }) => ({ ...group, severity: ratingOf(settings, edge).severity })),
  ];
  if (all.length === 0) return 'nothing to tell';
  const since = lastMailAt === undefined ? Number.POSITIVE_INFINITY : now.getTime() - lastMailAt.getTime();
  // A reason that was not told today is new; one that has come more often than was told is rising.
  const canWait = all.every(({ severity, waiting, told }) => severity === 'low' && waiting <= told);
  if (canWait && since < lowPauseMs) return 'can wait';
  return since < minuteMs ? 'too soon' : undefined;
}
