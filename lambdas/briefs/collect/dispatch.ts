import { platformNamed } from '../platforms/index.ts';
import type { PlatformRequest } from '../platforms/platform.ts';
import { rangeOf } from '../reading/post-time.ts';
import type { TakenCall } from '../stores/dispatch-store.ts';
import type { CallMessage } from './messages.ts';
import type { AllPlatformSettings } from './settings.ts';

/** A call's message, and for how long SQS holds it back. */
export interface DispatchedCall {
  readonly message: CallMessage;
  readonly delaySeconds: number;
}

/** The message of a call that has been given its turn. Throws for a kind that its platform's driver doesn't have. */
export function dispatchedCall(call: TakenCall, settings: AllPlatformSettings, now: Date): DispatchedCall {
  const { driver } = settings[call.platform];
  if (driver === 'off') throw new Error(`${call.platform} is off`);
  const message: CallMessage = {
    call: call.id,
    attempt: call.attempt,
    platform: call.platform,
    driver,
    request: requestOf(call, driver, settings),
    turn_at: call.turnAt.toISOString(),
    raw_key: rawKeyOf(call),
  };
  return { message, delaySeconds: Math.max(0, Math.floor((call.turnAt.getTime() - now.getTime()) / 1000)) };
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
