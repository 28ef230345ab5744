import { platformNamed } from '../platforms/index.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { PlatformRequest } from '../platforms/platform.ts';
import { rangeOf } from '../reading/post-time.ts';
import type { TakenCall } from '../stores/dispatch-store.ts';
import { type CallMessage, type CallsMessage, longestSpanMs } from './messages.ts';
import type { AllPlatformSettings } from './settings.ts';

/** A message of calls, and for how long SQS holds it back. */
export interface DispatchedCalls {
  readonly message: CallsMessage;
  readonly delaySeconds: number;
}

/** Calls in one message at most: their answers travel in one as well. */
const mostTogether = 10;

/**
 * The messages of calls that have been given their turns. The details of a platform share messages as far as their turns
 * lie within a second: each message costs two queues, two objects and a part of two functions' time, whatever is in it. Throws for a kind of call that its platform's driver doesn't have.
 */
export function dispatchedCalls(
  calls: readonly TakenCall[],
  settings: AllPlatformSettings,
  now: Date,
): readonly DispatchedCalls[] {
  return together(calls).map(([first, ...others]) => {
    const message = messageOf(first, settings);
    const waitMs = first.turnAt.getTime() - now.getTime();
    return {
      message: others.length === 0 ? message : { calls: [message, ...others.map((call) => messageOf(call, settings))] },
      delaySeconds: Math.max(0, Math.floor(waitMs / 1000)),
    };
  });
}

type Together = [TakenCall, ...TakenCall[]];

/** What shares a message, in the order of turns. Pages are large and hang on one another: they go alone. */
function together(calls: readonly TakenCall[]): readonly Together[] {
  const messages: Together[] = [];
  const filling = new Map<PlatformName, Together>();
  for (const call of calls.toSorted((one, other) => one.turnAt.getTime() - other.turnAt.getTime())) {
    const isDetail = call.kind === 'user' || call.kind === 'note';
    const known = isDetail ? filling.get(call.platform) : undefined;
    if (known && hasRoom(known, call)) known.push(call);
    else {
      const begun: Together = [call];
      messages.push(begun);
      if (isDetail) filling.set(call.platform, begun);
    }
  }
  return messages;
}

function hasRoom(known: Together, { turnAt }: TakenCall): boolean {
  return known.length < mostTogether && turnAt.getTime() - known[0].turnAt.getTime() <= longestSpanMs;
}

function messageOf(call: TakenCall, settings: AllPlatformSettings): CallMessage {
  const { driver } = settings[call.platform];
  if (driver === 'off') throw new Error(`${call.platform} is off`);
  return {
    call: call.id,
    attempt: call.attempt,
    platform: call.platform,
    driver,
    request: requestOf(call, driver, settings),
    turn_at: call.turnAt.toISOString(),
    raw_key: rawKeyOf(call),
  };
}

function requestOf(call: TakenCall, driver: 'native' | 'gateway', settings: AllPlatformSettings): PlatformRequest {
  const found = platformNamed(call.platform).drivers[driver];
  if (!found) throw new Error(`${call.platform} has no ${driver} driver`);
  if (call.kind === 'probe') {
    if (!found.probe) throw new Error(`${call.platform} has no probe by its ${driver} driver`);
    return found.probe.request;
  }
  if (call.kind === 'search') {
    const { keyword, page, fromDay, toDay } = call;
    if (keyword === undefined || page === undefined || fromDay === undefined || toDay === undefined)
      throw new Error(`Call ${call.id} searches for nothing`);
    const asked = found.search({ keyword, page, cursor: call.cursor, ...rangeOf(fromDay, toDay) });
    return { ...asked, path: settings[call.platform].searchPath ?? asked.path };
  }
  const detail = found.details?.[call.kind];
  if (!detail || call.subject === undefined) throw new Error(`${call.platform} has no details of a ${call.kind}`);
  return detail.ask(call.subject);
}

/** Where an answer is kept: `briefs/raw/{brief}/{platform}/{call}-{attempt}`. */
function rawKeyOf({ briefUuid = 'probes', platform, id, attempt }: TakenCall): string {
  return `briefs/raw/${briefUuid}/${platform}/${id}-${attempt}`;
}
