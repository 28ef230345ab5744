import { TransientError, UnavailableError } from '#kit/errors.ts';
import { storableJson } from '#kit/text/storable.ts';
import { cut, longestContent } from '../article/draft.ts';
import { platformNamed } from '../platforms/index.ts';
import type { Cursor, Detail, Driver, PlatformAnswer, SearchPage } from '../platforms/platform.ts';
import { UnknownShapeError } from '../platforms/refusals.ts';
import type { AnswerPorts, SentArticle } from '../ports.ts';
import { rangeOf } from '../reading/post-time.ts';
import type { AnsweredDetail, CallEnd, KeptAnswer, PageRead, ToldEnd } from '../stores/answer-store.ts';
import type { OpenCall } from '../stores/calls/open-call-store.ts';
import { fatesOf, goesOn } from './fates.ts';
import { type AnswerMessage, answersIn, type ReadMessage } from './messages.ts';
import { refusedBy } from './outcome.ts';
import { isTold } from './platform-state.ts';

/**
 * Reads the answers to calls: articles go to Kafka, refusals to the platforms' states, and what comes next is asked for.
 * The same answer twice does nothing twice. What users' and notes' answers tell is put down together, all else one by one;
 * resolves to what became of each message.
 */
export async function readAnswers(
  messages: readonly ReadMessage[],
  ports: AnswerPorts,
): Promise<readonly PromiseSettledResult<unknown>[]> {
  const answers = messages.flatMap(answersIn);
  const open = answers.length === 0 ? [] : await ports.open(answers);
  const waiting = answers.map((message, index) => ({ message, call: open[index] }));
  const read = await Promise.all(waiting.map((one) => answeredDetail(one, ports)));
  const together = endTogether(
    read.flatMap((detail) => detail ?? []),
    ports,
  );
  const done = await Promise.allSettled(
    waiting.map((one, index) => (read[index] ? together : readOne(one.message, one.call, ports))),
  );
  const [dispatched] = await Promise.allSettled([ports.dispatch()]);
  // A message with an answer that could not be used comes again: of its others the calls are no longer open then.
  return messages.map((message) => {
    const own = done.splice(0, answersIn(message).length);
    return own.find(({ status }) => status === 'rejected') ?? dispatched;
  });
}

interface Waiting {
  readonly message: AnswerMessage;
  readonly call: OpenCall | undefined;
}

/** What a user's or note's answer tells; `undefined` for all else, and for what is refused or can't be read. */
async function answeredDetail({ message, call }: Waiting, ports: AnswerPorts): Promise<AnsweredDetail | undefined> {
  if (!call || 'fault' in message || (call.kind !== 'user' && call.kind !== 'note')) return undefined;
  try {
    const text = message.text ?? (await ports.raw(message.raw_key));
    const read = readBy(driverOf(call, ports), call, { ...message, text });
    return read.kind === 'detail' ? { call, answer: message, detail: read.detail } : undefined;
  } catch {
    // Who reads it alone meets the same error, and says what it means.
    return undefined;
  }
}

async function endTogether(details: readonly AnsweredDetail[], ports: AnswerPorts): Promise<void> {
  if (details.length === 0) return;
  const { toExport } = await ports.endDetails(details);
  if (toExport.length > 0) await ports.exportStages(toExport);
}

async function readOne(message: AnswerMessage, call: OpenCall | undefined, ports: AnswerPorts): Promise<void> {
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

type Told = Pick<ToldEnd, 'end' | 'outcome' | 'answer'>;

/** What an answer says, before anything is done with it. */
type Read =
  | { readonly kind: 'search'; readonly page: SearchPage }
  | { readonly kind: 'detail'; readonly detail: Detail }
  | { readonly kind: 'probe' };

/**
 * A failure of our own parts (bucket, broker, database) says nothing about the platform: it is thrown, and the message
 * comes again. What the driver throws is what the platform says.
 */
async function outcomeOf(message: AnswerMessage, call: OpenCall, ports: AnswerPorts): Promise<Told> {
  const refused = (error: unknown, answer: KeptAnswer | undefined): Told => ({
    ...refusedBy(error, call, { now: ports.clock(), random: ports.random }),
    answer,
  });
  if ('fault' in message) return refused(new TransientError(`${message.fault}: ${message.message}`), undefined);
  const text = message.text ?? (await ports.raw(message.raw_key));
  let read: Read;
  try {
    read = readBy(driverOf(call, ports), call, { ...message, text });
  } catch (error) {
    return refused(error, message);
  }
  return { end: await used(read, call, { answer: message, ports }), outcome: 'answered', answer: message };
}

function driverOf({ platform }: OpenCall, ports: AnswerPorts): Driver {
  const name = ports.driverOf(platform);
  const driver = name === 'off' ? undefined : platformNamed(platform).drivers[name];
  if (!driver) throw new UnknownShapeError(`${platform} has no driver (${name})`);
  return driver;
}

/** Characters that PostgreSQL refuses carry no meaning: they are replaced. */
function readBy(driver: Driver, { kind, platform }: OpenCall, kept: KeptAnswer & { readonly text: string }): Read {
  const { status, content_type: contentType, url, text, asked_at } = kept;
  const answer: PlatformAnswer = { status, contentType, url, text };
  if (kind === 'search') return { kind, page: storableJson(driver.read(answer, new Date(asked_at))) as SearchPage };
  if (kind === 'probe') {
    driver.probe?.read(answer);
    return { kind };
  }
  const detail = driver.details?.[kind]?.read(answer);
  if (!detail) throw new UnknownShapeError(`${platform} tells no more of a ${kind}`);
  const { content } = detail;
  const short = content ? { ...detail, content: cut(content, longestContent) } : detail;
  return { kind: 'detail', detail: storableJson(short) as Detail };
}

async function used(
  read: Read,
  call: OpenCall,
  { answer, ports }: { readonly answer: KeptAnswer; readonly ports: AnswerPorts },
): Promise<CallEnd> {
  // Of a call whose kind is read together; one that could only be read the second time comes again and is.
  if (read.kind === 'detail') throw new UnavailableError(`The answer to call ${call.id} could not be fetched at first`);
  if (read.kind !== 'search') return { state: 'answered', next: undefined };
  if (!call.task || call.page === undefined) throw new Error(`Call ${call.id} searches for no task`);
  return searched(read.page, { ...call, task: call.task, page: call.page }, answer, ports);
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
  const next = more && found.next ? { page: page + 1, cursor: cursorAfter(call, found.next.cursor, ports) } : undefined;
  return { state: 'answered', next };
}

/** Paging goes on with what the first page answered, or with what this one did. */
function cursorAfter(call: OpenCall, answered: Cursor | undefined, ports: AnswerPorts): Cursor | undefined {
  return driverOf(call, ports).cursorOfFirst ? (call.cursor ?? answered) : answered;
}
