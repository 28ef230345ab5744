import { oneExchange } from '../../../../lambdas/adapters/http/one-exchange.ts';
import { callPlatform } from '../../../../lambdas/briefs/collect/call-platform.ts';
import { dispatchedCalls } from '../../../../lambdas/briefs/collect/dispatch.ts';
import {
  type AnswersMessage,
  type CallsMessage,
  callsIn,
  type ReadMessage,
} from '../../../../lambdas/briefs/collect/messages.ts';
import { readAnswers } from '../../../../lambdas/briefs/collect/read-answer.ts';
import type { AllPlatformSettings } from '../../../../lambdas/briefs/collect/settings.ts';
import { sweepBriefs } from '../../../../lambdas/briefs/collect/sweep-briefs.ts';
import type { AnswerPorts, SentArticle } from '../../../../lambdas/briefs/ports.ts';
import { runAgain } from '../../../../lambdas/briefs/stores/again-store.ts';
import { endCall, writeFates } from '../../../../lambdas/briefs/stores/answer-store.ts';
import { storeArticles } from '../../../../lambdas/briefs/stores/article-store.ts';
import { isGone, openCalls } from '../../../../lambdas/briefs/stores/calls/open-call-store.ts';
import { endDetails } from '../../../../lambdas/briefs/stores/detail-end-store.ts';
import { markRunning, takeCalls } from '../../../../lambdas/briefs/stores/dispatch-store.ts';
import { exportsOverdue, isBusy } from '../../../../lambdas/briefs/stores/retention-store.ts';
import { endStage } from '../../../../lambdas/briefs/stores/settle-store.ts';
import { findLost, giveBackCalls, giveUpCalls, takeRereads } from '../../../../lambdas/briefs/stores/sweep-store.ts';
import type { TestDatabase } from '../../../support/database.ts';

/**
 * All workers of briefs in one process, over a real database and real sites: what stands between them are queues and a log
 * that deliver as SQS and Kafka do (at least once, in no order, later where somebody died), and a clock that goes on when
 * nothing else does. So hours of backoff take no time, and a seed repeats who died when.
 */

export interface Simulation {
  readonly database: TestDatabase<unknown>;
  readonly settings: AllPlatformSettings;
  readonly random: () => number;
  /** How many of a hundred steps of a worker are its last. */
  readonly deathsPercent: number;
  /** How often each message comes. */
  readonly deliveries: number;
  /** How long a platform takes for an answer, in the simulated time. @default 0.1 s */
  readonly answersInMs?: (platform: string) => number;
}

interface Delivery {
  readonly queue: 'calls' | 'answers' | 'exports' | 'sweeps';
  readonly body: unknown;
  readonly at: number;
  readonly received: number;
}

/** Whoever works on a message dies: it comes again, if it hasn't come too often. */
class Died extends Error {}

const leaseMs = 3 * 60_000;
const visibilityMs = 60_000;
const mostReceived = 5;
const largestBatch = 10;
const door = 'arn:aws:sqs:us-east-1:000000000000:millrace-test-briefs-sweep-briefs.fifo';

export function simulatedWorkers(simulation: Simulation) {
  const { database, settings, random, deathsPercent, deliveries, answersInMs = () => 100 } = simulation;
  // Past all that the database's own clock says of new rows.
  let nowMs = Date.now() + 60_000;
  let waiting: Delivery[] = [];
  const objects = new Map<string, string>();
  /** By stage, as the key of the topics has it; with what is committed. */
  const partitions = new Map<string, { readonly log: SentArticle[]; committed: number }>();
  const counted = { deaths: 0, lostMessages: 0, steps: 0 };
  const clock = () => new Date(nowMs);

  const put = (queue: Delivery['queue'], body: unknown, delayMs = 0) => {
    for (let copy = 0; copy < deliveries; copy += 1)
      waiting.push({ queue, body, at: nowMs + delayMs + Math.floor(random() * 50), received: 0 });
  };
  /** A worker's step: it may die before, or when it is done. */
  const mortal = async <R>(step: () => Promise<R>): Promise<R> => {
    counted.steps += 1;
    const fate = random() * 100;
    if (fate < deathsPercent / 2) throw new Died();
    const done = await step();
    if (fate < deathsPercent) throw new Died();
    return done;
  };
  const sending = {
    exports: async (stages: readonly string[]) => {
      for (const stage of stages) put('exports', stage);
    },
  };

  async function dispatch(): Promise<void> {
    const { toExport } = await mortal(() => giveUpCalls(database.app, { settings, door, now: clock() }));
    await mortal(() => sending.exports(toExport));
    const again = await mortal(() => takeRereads(database.app.query, { now: clock(), leaseMs }));
    for (const message of again) await mortal(async () => put('answers', message));
    const calls = await mortal(() => takeCalls(database.app, { settings, now: clock(), leaseMs }));
    await mortal(() => markRunning(database.app, calls));
    for (const { message, delaySeconds } of dispatchedCalls(calls, settings, clock()))
      await mortal(async () => put('calls', message, delaySeconds * 1000));
  }

  const answering: AnswerPorts = {
    driverOf: (platform) => settings[platform].driver,
    open: (calls) => mortal(() => openCalls(database.app, calls)),
    dropAnswer: async (call, key) => {
      if (await isGone(database.app, call)) objects.delete(key);
    },
    writeFates: (page, decide) => mortal(() => writeFates(database.app, { ...page, door, now: clock() }, decide)),
    endDetails: (details) => mortal(() => endDetails(database.app, details, { door, now: clock() })),
    end: (call, told) => mortal(() => endCall(database.app, call, { ...told, door, now: clock() })),
    raw: async (key) => objects.get(key) ?? '',
    // One by one: a producer that dies has sent some of them.
    send: async (articles) => {
      for (const article of articles) await mortal(async () => append(article));
    },
    exportStages: (stages) => mortal(() => sending.exports(stages)),
    wakeAlerts: async () => undefined,
    dispatch,
    wakeAt: async (time) => put('answers', { wake: 'dispatch' }, Math.max(0, time.getTime() - nowMs)),
    clock,
    random,
  };

  const append = (article: SentArticle) => {
    const partition = partitions.get(article.stage_uuid) ?? { log: [], committed: 0 };
    partition.log.push(article);
    partitions.set(article.stage_uuid, partition);
  };

  const exchange = oneExchange({ timeoutMs: 20_000, maxBytes: 8_000_000 });
  const calling = {
    settings,
    credentialOf: async () => ({}),
    exchange,
    claim: (key: string) =>
      mortal(async () => {
        const isNew = !objects.has(key);
        if (isNew) objects.set(key, '');
        return isNew;
      }),
    keep: (key: string, text: string) => mortal(async () => void objects.set(key, text)),
    clock,
    sleep: async () => undefined,
  };

  async function work({ queue, body }: Delivery): Promise<void> {
    if (queue === 'calls') {
      const message = body as CallsMessage;
      const takes = answersInMs(callsIn(message)[0]?.platform ?? '');
      const sendOn = (answers: AnswersMessage) => mortal(async () => put('answers', answers, takes));
      return callPlatform(message, { ...calling, sendOn });
    }
    if (queue === 'exports') {
      await mortal(() => database.app.transaction((session) => endStage(session, body as string)));
      return;
    }
    return sweepBriefs({}, sweeping);
  }

  const sweeping = {
    runAgain: (call: number) => runAgain(database.app, { call }),
    giveBack: () => giveBackCalls(database.app, { door, now: clock() }),
    findLost: () => findLost(database.app, { now: clock() }),
    exportsOverdue: () => exportsOverdue(database.app, clock()),
    forget: async () => undefined,
    exportStages: sending.exports,
    dispatch,
    // Nobody is told of anything here.
    submissionsUntold: async () => [],
    tellSubmitted: async () => undefined,
    isBusy: () => isBusy(database.app),
    // Its own schedule is below.
    wakeSweep: async () => undefined,
    count: () => undefined,
  };

  /** A consumer's batch: it may die before it commits, and then the batch comes again. */
  async function consume(): Promise<boolean> {
    const behind = [...partitions.values()].filter(({ log, committed }) => committed < log.length);
    const partition = behind[Math.floor(random() * behind.length)];
    if (!partition) return false;
    const batch = partition.log.slice(partition.committed, partition.committed + 1 + Math.floor(random() * 40));
    await attempted(async () => {
      const { toExport } = await mortal(() => storeArticles(database.app, batch, { settings, now: clock() }));
      await mortal(() => sending.exports(toExport));
      await dispatch();
      partition.committed += batch.length;
    });
    return true;
  }

  async function attempted(step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      counted.deaths += 1;
      return false;
    }
  }

  /** What became of a batch's messages: of answers several come at once, as SQS has it. */
  async function workAll(batch: readonly Delivery[]): Promise<readonly PromiseSettledResult<unknown>[]> {
    if (batch[0]?.queue !== 'answers') return Promise.allSettled(batch.map(work));
    const messages = batch.map(({ body }) => body as ReadMessage);
    const [whole] = await Promise.allSettled([readAnswers(messages, answering)]);
    return whole.status === 'fulfilled' ? whole.value : batch.map(() => whole);
  }

  async function deliver(): Promise<boolean> {
    const due = waiting.filter(({ at }) => at <= nowMs);
    const next = due[Math.floor(random() * due.length)];
    if (!next) return false;
    const beside = next.queue === 'answers' ? due.filter((one) => one !== next && one.queue === 'answers') : [];
    const batch = [next, ...beside.slice(0, Math.floor(random() * largestBatch))];
    waiting = waiting.filter((one) => !batch.includes(one));
    const outcomes = await workAll(batch);
    for (const [index, one] of batch.entries()) {
      const outcome = outcomes[index];
      const done = await attempted(async () => {
        if (outcome?.status === 'rejected') throw outcome.reason;
      });
      const received = one.received + 1;
      if (!done && received < mostReceived) waiting.push({ ...one, received, at: nowMs + visibilityMs });
      if (!done && received >= mostReceived) counted.lostMessages += 1;
    }
    return true;
  }

  return {
    counted,
    clock,
    dispatch,
    /** Works until nothing is under way, or the simulated time is over; resolves to the simulated time it took. */
    async run(longestMs: number, until: () => Promise<boolean> = async () => !(await isBusy(database.app))) {
      const beganMs = nowMs;
      let sweepAt = nowMs + 30_000;
      while (nowMs - beganMs < longestMs) {
        if (nowMs >= sweepAt) {
          sweepAt = nowMs + 30_000;
          if (await until()) break;
          await attempted(() => sweepBriefs({}, sweeping));
        }
        const worked = random() < 0.5 ? (await consume()) || (await deliver()) : (await deliver()) || (await consume());
        if (!worked) nowMs = Math.min(sweepAt, ...waiting.map(({ at }) => Math.max(at, nowMs + 1)));
      }
      return nowMs - beganMs;
    },
  };
}
