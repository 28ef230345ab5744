import { PermanentError } from '#kit/errors.ts';
import type { PlatformName } from '../platforms/names.ts';
import {
  type AnswerMessage,
  type AnswersMessage,
  type CallMessage,
  type CallsMessage,
  callsIn,
  longestSpanMs,
} from './messages.ts';
import type { AllPlatformSettings } from './settings.ts';

/** The operator's own: a cookie of a platform, or the token of a paid interface. Never logged, and in no message. */
export interface Credential {
  readonly cookie?: string | undefined;
  readonly token?: string | undefined;
}

export interface CallPorts {
  readonly settings: AllPlatformSettings;
  readonly credentialOf: (platform: PlatformName, driver: 'native' | 'gateway') => Promise<Credential>;
  readonly exchange: (request: {
    readonly method: 'GET' | 'POST';
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  }) => Promise<{ readonly status: number; readonly contentType: string; readonly url: string; readonly text: string }>;
  /** Takes on what this key stands for; false where it was taken on before. */
  readonly claim: (key: string) => Promise<boolean>;
  /** Keeps the answer as it was received. */
  readonly keep: (key: string, text: string, contentType: string) => Promise<void>;
  readonly sendOn: (answers: AnswersMessage) => Promise<void>;
  readonly clock: () => Date;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** A message is held back by whole seconds, so that much is left of the wait for its first turn at most. */
const longestWaitMs = 1000 + longestSpanMs;

/** An answer of that size travels in its message. */
const largestTextBytes = 16 * 1024;
/** All answers in a message: as JSON in JSON a text doubles, and ten such messages stay below Lambda's 6 MB. */
const largestTextsBytes = 128 * 1024;

/** What the mobile sites expect of a browser; without it they answer another page. */
const browser = {
  'user-agent':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  accept: 'application/json, text/html;q=0.9, */*;q=0.1',
  'accept-language': 'zh-CN,zh;q=0.9',
};

/**
 * Makes the calls of a message, each at its turn, keeps their answers, and sends the outcome on to the reader of answers. It
 * never tries again and never asks twice: the second of two equal messages finds that its calls were made. The calls of a
 * worker that died come again as other attempts, when their leases are over.
 */
export async function callPlatform(message: CallsMessage, ports: CallPorts): Promise<void> {
  const calls = callsIn(message);
  const [first] = calls;
  if (!first) return;
  await untilTurn(first, ports);
  const credential = await ports.credentialOf(first.platform, first.driver);
  if (!(await ports.claim(`${first.raw_key}.asked`))) return;
  const outcomes = await Promise.all(calls.map((call) => asked(call, credential, ports)));
  const answers = await kept(outcomes, ports);
  const [only, ...others] = answers;
  if (only) await ports.sendOn(others.length === 0 ? only : { answers: [only, ...others] });
}

async function untilTurn({ turn_at }: CallMessage, { clock, sleep }: CallPorts): Promise<void> {
  const leftMs = new Date(turn_at).getTime() - clock().getTime();
  if (leftMs > 0) await sleep(Math.min(leftMs, longestWaitMs));
}

type Fault = Extract<AnswerMessage, { readonly fault: string }>;
/** An answer that is not kept yet. */
type Answered = Omit<Extract<AnswerMessage, { readonly raw_key: string }>, 'text'> & { readonly text: string };

async function asked(call: CallMessage, credential: Credential, ports: CallPorts): Promise<Fault | Answered> {
  await untilTurn(call, ports);
  const about = { call: call.call, attempt: call.attempt, asked_at: ports.clock().toISOString() };
  const answer = await ports.exchange(requestOf(call, ports.settings, credential)).catch(faultOf);
  if ('fault' in answer) return { ...about, ...answer };
  const { status, contentType, url, text } = answer;
  return { ...about, raw_key: call.raw_key, status, content_type: contentType, url: withoutQuery(url), text };
}

/** Keeps answers as they were received: each by itself, or several small ones of one brief together by their calls. */
async function kept(outcomes: readonly (Fault | Answered)[], ports: CallPorts): Promise<readonly AnswerMessage[]> {
  const travelling = small(outcomes);
  const shared = new Map<AnswerMessage, string>();
  for (const [first, ...others] of Map.groupBy(travelling, folderOf).values()) {
    if (!first || others.length === 0) continue;
    for (const one of [first, ...others]) shared.set(one, first.raw_key);
    await ports.keep(first.raw_key, textsOf([first, ...others]), 'application/json');
  }
  return Promise.all(
    outcomes.map(async (outcome): Promise<AnswerMessage> => {
      if ('fault' in outcome) return outcome;
      const { text, ...told } = outcome;
      const raw_key = shared.get(outcome);
      if (raw_key !== undefined) return { ...outcome, raw_key };
      await ports.keep(told.raw_key, text, told.content_type);
      return travelling.includes(outcome) ? outcome : told;
    }),
  );
}

/** A brief is deleted with its folder. */
function folderOf({ raw_key }: Answered): string {
  return raw_key.slice(0, raw_key.lastIndexOf('/'));
}

/** The answers that travel in the message, as far as there is room for all of them. */
function small(outcomes: readonly (Fault | Answered)[]): readonly Answered[] {
  let room = largestTextsBytes;
  return outcomes.filter((outcome): outcome is Answered => {
    const bytes = 'fault' in outcome ? Number.POSITIVE_INFINITY : Buffer.byteLength(outcome.text);
    if (bytes > Math.min(largestTextBytes, room)) return false;
    room -= bytes;
    return true;
  });
}

/** `{"<call>": {"status", "content_type", "url", "text"}}`. */
function textsOf(answers: readonly Answered[]): string {
  const texts = answers.map(({ call, status, content_type, url, text }) => [call, { status, content_type, url, text }]);
  return JSON.stringify(Object.fromEntries(texts));
}

function requestOf({ platform, driver, request }: CallMessage, settings: AllPlatformSettings, credential: Credential) {
  const { baseUrl } = settings[platform];
  const url = new URL(baseUrl.replace(/\/$/, '') + request.path);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
  return {
    method: request.method,
    url: url.href,
    headers: {
      ...(driver === 'native' ? browser : { accept: 'application/json' }),
      ...(driver === 'native' && credential.cookie ? { cookie: credential.cookie } : {}),
      ...(driver === 'gateway' && credential.token ? { authorization: `Bearer ${credential.token}` } : {}),
      ...(request.body ? { 'content-type': 'application/json' } : {}),
    },
    ...(request.body ? { body: JSON.stringify(request.body) } : {}),
  };
}

/** Names are enough: what a message quotes of an address could be a credential's. */
function faultOf(error: unknown): { readonly fault: string; readonly message: string } {
  const { name, message } = error instanceof Error ? error : new PermanentError(String(error));
  return { fault: name, message: message.slice(0, 300).toWellFormed() };
}

/** Only the place is looked at; what stands behind it may be long. */
function withoutQuery(url: string): string {
  return url.split('?')[0] ?? url;
}
