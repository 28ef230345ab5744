import { TransientError } from '#kit/errors.ts';
import { platformNamed } from '../platforms/index.ts';
import type { Driver, PlatformAnswer, SearchPage } from '../platforms/platform.ts';
import { UnknownShapeError } from '../platforms/refusals.ts';
import type { AnswerPorts, SentArticle } from '../ports.ts';
import { rangeOf } from '../reading/post-time.ts';
import type { CallEnd, OpenCall, OpenTask } from '../stores/answer-store.ts';
import { fatesOf, goesOn } from './fates.ts';
import type { AnswerMessage } from './messages.ts';
import { refusedBy } from './outcome.ts';

/**
 * Reads the answer to a call: its articles go to Kafka, its refusals to the platform's state, and what comes next is
 * asked for. The same answer twice does nothing twice.
 */
export async function readAnswer(message: AnswerMessage, ports: AnswerPorts): Promise<void> {
  const call = await ports.open(message);
  if (!call) return;
  const told = await outcomeOf(message, call, ports);
  const { toExport, changed } = await ports.end(call, { ...told, now: ports.clock() });
  if (changed) await ports.tellState(call.platform, changed, 'reason' in told.end ? told.end.reason : '');
  if (toExport.length > 0) await ports.exportStages(toExport);
  await ports.dispatch();
}

async function outcomeOf(message: AnswerMessage, call: OpenCall, ports: AnswerPorts) {
  const rawKey = 'raw_key' in message ? message.raw_key : undefined;
  try {
    if ('fault' in message) throw new TransientError(`${message.fault}: ${message.message}`);
    const { status, content_type: contentType, url, asked_at } = message;
    const answer: PlatformAnswer = { status, contentType, url, text: await ports.raw(message.raw_key) };
    const name = ports.driverOf(call.platform);
    const driver = name === 'off' ? undefined : platformNamed(call.platform).drivers[name];
    if (!driver) throw new UnknownShapeError(`${call.platform} has no driver (${name})`);
    const end = await used(answer, { call, driver, askedAt: new Date(asked_at), rawKey: message.raw_key }, ports);
    return { end, outcome: 'answered' as const, rawKey };
  } catch (error) {
    if (isOurs(error)) throw error;
    return { ...refusedBy(error, call.attempt, { now: ports.clock(), random: ports.random }), rawKey };
  }
}

/** A failure of our own parts (bucket, broker, database) says nothing about the platform: the message comes again. */
function isOurs(error: unknown): boolean {
  return error instanceof Error && (error.name === 'UnavailableError' || error.name === 'NotFoundError');
}

interface Used {
  readonly call: OpenCall;
  readonly driver: Driver;
  readonly askedAt: Date;
  readonly rawKey: string;
}

async function used(
  answer: PlatformAnswer,
  { call, driver, askedAt, rawKey }: Used,
  ports: AnswerPorts,
): Promise<CallEnd> {
  if (call.kind === 'probe') {
    driver.probe?.read(answer);
    return { state: 'answered', next: undefined };
  }
  if (call.kind !== 'search') {
    const detail = driver.details?.[call.kind]?.read(answer);
    if (detail) await ports.keepDetail(call, detail, askedAt);
    return { state: 'answered', next: undefined };
  }
  if (!call.task || call.page === undefined) throw new Error(`Call ${call.id} searches for no task`);
  const page = driver.read(answer, askedAt);
  return searched(page, { ...call, task: call.task, page: call.page }, { askedAt, rawKey }, ports);
}

async function searched(
  found: SearchPage,
  call: OpenCall & { readonly task: OpenTask; readonly page: number },
  { askedAt, rawKey }: { readonly askedAt: Date; readonly rawKey: string },
  ports: AnswerPorts,
): Promise<CallEnd> {
  const { task, page } = call;
  const range = rangeOf(task.fromDay, task.toDay);
  const written = await ports.writeFates({ task: task.uuid, page }, (locked) =>
    fatesOf(found.items, { ...range, ...locked }),
  );
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
        crawled_at: askedAt.toISOString(),
        raw_key: rawKey,
        article,
      },
    ];
  });
  if (articles.length > 0) await ports.send(articles);
  const more = page < task.pages && goesOn(written, range.from, found.items);
  const next = more && found.next ? { page: page + 1, cursor: found.next.cursor } : undefined;
  return { state: 'answered', next };
}
