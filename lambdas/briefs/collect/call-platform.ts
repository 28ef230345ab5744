import { PermanentError } from '#kit/errors.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { AnswerMessage, CallMessage } from './messages.ts';
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
  /** Whether nobody has taken on what this key stands for; from then on somebody has. */
  readonly claim: (key: string) => Promise<boolean>;
  /** Keeps the answer as it was received. */
  readonly keep: (key: string, text: string, contentType: string) => Promise<void>;
  readonly sendOn: (answer: AnswerMessage) => Promise<void>;
  readonly clock: () => Date;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** A message is held back by whole seconds, so that much is left of the wait for its turn at most. */
const longestWaitMs = 1000;

/** An answer of that size travels in its message: ten of them are a fraction of what SQS takes at once (1 MiB). */
const largestTextBytes = 16 * 1024;

/** What the mobile sites expect of a browser; without it they answer another page. */
const browser = {
  'user-agent':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  accept: 'application/json, text/html;q=0.9, */*;q=0.1',
  'accept-language': 'zh-CN,zh;q=0.9',
};

/**
 * Makes one call and keeps its answer; what came of it goes on to whoever reads answers. Nothing is tried again here, and
 * nothing asked twice: of a message that comes twice the second one finds that its call was made. What a worker that died
 * has asked for comes again as another attempt, when its lease is over.
 */
export async function callPlatform(message: CallMessage, ports: CallPorts): Promise<void> {
  const { call, attempt, platform, driver, raw_key, turn_at } = message;
  const leftMs = new Date(turn_at).getTime() - ports.clock().getTime();
  if (leftMs > 0) await ports.sleep(Math.min(leftMs, longestWaitMs));
  const asked = { call, attempt, asked_at: ports.clock().toISOString() };
  const credential = await ports.credentialOf(platform, driver);
  if (!(await ports.claim(`${raw_key}.asked`))) return;
  const answer = await ports.exchange(requestOf(message, ports.settings, credential)).catch(faultOf);
  if ('fault' in answer) return ports.sendOn({ ...asked, ...answer });
  const { status, contentType, url, text } = answer;
  await ports.keep(raw_key, text, contentType);
  const told = { raw_key, status, content_type: contentType, url: withoutQuery(url) };
  await ports.sendOn({ ...asked, ...told, ...(Buffer.byteLength(text) <= largestTextBytes ? { text } : {}) });
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
