import { TransientError } from '#kit/errors.ts';
import { storableJson } from '#kit/text/storable.ts';
import { platformNamed } from '../platforms/index.ts';
import type { Driver, PlatformAnswer, SearchPage } from '../platforms/platform.ts';
import { UnknownShapeError } from '../platforms/refusals.ts';
import type { AnswerPorts, SentArticle } from '../ports.ts';
import { rangeOf } from '../reading/post-time.ts';
import type { CallEnd, KeptAnswer, OpenCall, PageRead, ToldEnd } from '../stores/answer-store.ts';
import { fatesOf, goesOn } from './fates.ts';
import type { AnswerMessage, ReadMessage } from './messages.ts';
import { refusedBy } from './outcome.ts';
import { isTold } from './platform-state.ts';

/**
 * Reads the answer to a call: its articles go to Kafka, its refusals to the platform's state, and what comes next is
 * asked for. The same answer twice does nothing twice.
 */
export async function readAnswer(message: ReadMessage, ports: AnswerPorts): Promise<void> {
  if (!('wake' in message)) await readOne(message, ports);
  await ports.dispatch();
}

async function readOne(message: AnswerMessage, ports: AnswerPorts): Promise<void> {
  const call = await ports.open(message);
  if (!call) {
    if ('raw_key' in message) await ports.dropAnswer(message.call, message.raw_key);
    return;
  }
  const told = await outcomeOf(message, call, ports);
  const { toExport, changed, wakeAt } = await ports.end(call, told);
  if (changed && isTold.has(changed)) await ports.wakeAlerts();
  if (toExport.length > 0) await ports.exportStages(toExport);
  if (wakeAt) await ports.wakeAt(wakeAt);
}

async function outcomeOf(message: AnswerMessage, call: OpenCall, ports: AnswerPorts): Promise<Told> {
  const kept = 'raw_key' in message ? message : undefined;
  try {
    if ('fault' in message) throw new TransientError(`${message.fault}: ${message.message}`);
    const { status, content_type: contentType, url } = message;
    const text = await ports.raw(message.raw_key);
    const name = ports.driverOf(call.platform);
    const driver = name === 'off' ? undefined : platformNamed(call.platform).drivers[name];
    if (!driver) throw new UnknownShapeError(`${call.platform} has no driver (${name})`);
    const end = await used({ status, contentType, url, text }, { call, driver, kept: message }, ports);
    return { end, outcome: 'answered', answer: kept };
  } catch (error) {
    if (isOurs(error)) throw error;
    return {
      ...refusedBy(error, call, {
        now: ports.clock(),
        random: ports.random,
      }),
      answer: kept,
    };
  }
}

type Told = Pick<ToldEnd, 'end' | 'outcome' | 'answer'>;

/** A failure of our own parts (bucket, broker, database) says nothing about the platform: the message comes again. */
function isOurs(error: unknown): boolean {
  return error instanceof Error && (error.name === 'UnavailableError' || error.name === 'NotFoundError');
}

interface Used {
  readonly call: OpenCall;
  readonly driver: Driver;
  readonly kept: KeptAnswer;
}

async function used(answer: PlatformAnswer, { call, driver, kept }: Used, ports: AnswerPorts): Promise<CallEnd> {
  const askedAt = new Date(kept.asked_at);
  if (call.kind === 'probe') {
    driver.probe?.read(answer);
    return { state: 'answered', next: undefined };
  }
  if (call.kind !== 'search') {
    const detail = driver.details?.[call.kind]?.read(answer);
    if (detail) await ports.keepDetail(call, storableJson(detail) as typeof detail, askedAt);
    return { state: 'answered', next: undefined };
  }
  if (!call.task || call.page === undefined) throw new Error(`Call ${call.id} searches for no task`);
  const page = driver.read(answer, askedAt);
  // What PostgreSQL refuses in texts says nothing to anybody.
  return searched(storableJson(page) as SearchPage, { ...call, task: call.task, page: call.page }, kept, ports);
}

async function searched(
  found: SearchPage,
  call: PageRead['call'],
  answer: KeptAnswer,
  ports: AnswerPorts,
): Promise<CallEnd> {
  const { task, page } = call;
  const range = rangeOf(task.fromDay, task.toDay);
  const written = await ports.writeFates({ call, answer }, (locked) => fatesOf(found.items, { ...range, ...locked }));
  const sent = new Set(written.fates.filter(({ state }) => state === 'sent').map(({ place }) => place));
  const articles = found.items.flatMap((item): SentArticle[] => {
    if (item.state !== 'article' || !sent.has(item.place)) return [];
    const { place, article } = item;
    return [
      {
        platform: call.platform,
        brief_uuid: call.briefUuid ?? '',
        stage_uuid: call.stageUuid ?? '',
        task_uuid: task.uuid,
        keyword: task.keyword,
        page,
        place,
        crawled_at: answer.asked_at,
        raw_key: answer.raw_key,
        article,
      },
    ];
  });
  if (articles.length > 0) await ports.send(articles);
  const more = page < task.pages && goesOn(written, range.from, found.items);
  const next = more && found.next ? { page: page + 1, cursor: found.next.cursor } : undefined;
  return { state: 'answered', next };
}
