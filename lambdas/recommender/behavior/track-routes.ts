import * as z from 'zod';
import type { Caller } from '#kit/api/authentication.ts';
import { route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import { tenantOf } from '../api/tenancy.ts';
import type { trackRoutes } from '../contract.ts';
import { type BehaviorEvent, type TrackedEvent, trackedEvent } from './event.ts';
import type { TrackPorts } from './ports.ts';

const mostEvents = 100;

const taken = z.object({ accepted: z.int() });

/** The tenant is the credential's; an event that names another's is about nothing that there is. */
function owned(
  event: TrackedEvent,
  asked: { readonly caller: Caller; readonly event: Parameters<typeof tenantOf>[0]['event'] },
): BehaviorEvent {
  const tenant_id = tenantOf(asked);
  if (event.tenant_id !== undefined && event.tenant_id !== tenant_id)
    throw new NotFoundError('There is no such tenant.');
  return { ...event, tenant_id };
}

const track = route({
  summary: 'Takes what a user did',
  description: 'Answers when the event can’t get lost any more. The same `event_id` again changes nothing.',
  permission: 'read',
  body: trackedEvent,
  answers: { 200: taken },
  handle: async ({ body, caller, event }, { send }: TrackPorts) => {
    await send([owned(body, { caller, event })]);
    return { status: 200, body: { accepted: 1 } };
  },
});

const trackBatch = route({
  summary: 'Takes what users did, up to a hundred events',
  permission: 'read',
  body: z.object({ events: z.array(trackedEvent).min(1).max(mostEvents) }),
  answers: { 200: taken },
  handle: async ({ body, caller, event }, { send }: TrackPorts) => {
    await send(body.events.map((one) => owned(one, { caller, event })));
    return { status: 200, body: { accepted: body.events.length } };
  },
});

export const trackApi = {
  'POST /api/v1/behaviors/track': track,
  'POST /api/v1/behaviors/track/batch': trackBatch,
} satisfies Record<(typeof trackRoutes)[number], unknown>;
