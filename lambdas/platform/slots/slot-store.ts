import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { SlotStart } from '#kit/schedule/schedule.ts';
import { recordFailures, resolveFailures } from '#record/failure-ledger.ts';
import type { KeptSchedule } from './contract.ts';
import { catchUp, dueSlots, slotText, startOf } from './settle-slots.ts';
import type { OpenSlot, SlotBook } from './slot.ts';

type Query = Database<unknown>['query'];

/** Slots and their schedules, in platform.slots and platform.schedules. */
export function slotBook(database: Database<unknown>): SlotBook {
  return {
    record: (start) => database.transaction(({ query }) => record(query, start)),
    skip: (start) => database.transaction(({ query }) => record(query, start, 'skipped')),
    settle: (schedule, now, { ask, wake }) =>
      database.transaction(async ({ query }) => {
        // The row is locked from here on: two looks at once are one after the other.
        const before = await seen(query, schedule, now);
        const { due: all, settledTo } = dueSlots(schedule, before, now);
        const pauses = await pausesSince(query, schedule, before);
        const due = all.filter((slot) => !pauses.some((pause) => isWithin(pause, slot)));
        const missed = await keepMissed(query, schedule, { due, now });
        // Slots that were missed earlier wait with the rest.
        const isPaused = pauses.some(({ resumed_at }) => resumed_at === null);
        const plan = catchUp(schedule.catchUp, isPaused ? [] : await openSlots(query, schedule), now);
        await mark(query, schedule, plan.skip, sql`state = 'skipped'`);
        await forget(query, schedule, plan.skip);
        const left = missed.filter((slot) => !plan.skip.some((skipped) => skipped.getTime() === slot.getTime()));
        const failures = left.map((slot) => failureOf(schedule, slot, now));
        await recordFailures(query, failures);
        await wake(failures.map(({ workload }) => workload));
        for (const slot of plan.ask) await ask(startOf(schedule, slot, 'keeper'));
        await mark(query, schedule, plan.ask, sql`asked_at = ${now}, asks = asks + 1`);
        await sql`UPDATE platform.schedules SET settled_to = ${settledTo} WHERE name = ${schedule.name}`.execute(query);
        return { missed: missed.length, skipped: plan.skip.length, asked: plan.ask.length };
      }),
  };
}

async function record(query: Query, start: SlotStart, state = stateBy(start.started_by)): Promise<void> {
  const { schedule, scheduled_time, run, started_by } = start;
  const workload = workloadOf(schedule);
  await sql`
    INSERT INTO platform.slots (schedule, scheduled_at, state, workload, run, who, started_at)
    VALUES (${schedule}, ${scheduled_time}, ${state}, ${workload}, ${run ?? null}, ${started_by}, now())
    ON CONFLICT (schedule, scheduled_at) DO UPDATE
    SET state = excluded.state, workload = excluded.workload, run = excluded.run, who = excluded.who,
      started_at = excluded.started_at
    WHERE slots.state IN ('missed', 'skipped')`.execute(query);
  const naturalKeys = [missedKey(schedule, new Date(scheduled_time))];
  await resolveFailures(query, { workload, naturalKeys }, started_by);
}

function stateBy(who: string): string {
  if (who === 'keeper') return 'caught-up';
  return who.startsWith('backfill') ? 'backfilled' : 'started';
}

/** Writes the schedule down as it is now, and tells up to when its slots are settled: at first sight, up to now. */
async function seen(query: Query, schedule: KeptSchedule, now: Date): Promise<Date> {
  const { rows } = await sql<{ settled_to: Date }>`
    INSERT INTO platform.schedules (name, expression, time_zone, catch_up, enabled, first_seen_at, settled_to)
    VALUES (${schedule.name}, ${schedule.at}, ${schedule.zone}, ${schedule.catchUp}, ${schedule.enabled}, ${now}, ${now})
    ON CONFLICT (name) DO UPDATE
    SET expression = excluded.expression, time_zone = excluded.time_zone, catch_up = excluded.catch_up,
      enabled = excluded.enabled
    RETURNING settled_to`.execute(query);
  return rows[0]?.settled_to ?? now;
}

interface PauseSpan {
  readonly paused_at: Date;
  readonly resumed_at: Date | null;
}

/** The spans in which a person held the schedule back, as far as they reach into what isn't settled. */
async function pausesSince(query: Query, { name }: KeptSchedule, since: Date): Promise<readonly PauseSpan[]> {
  const { rows } = await sql<PauseSpan>`
    SELECT paused_at, resumed_at FROM platform.pauses
    WHERE schedule = ${name} AND (resumed_at IS NULL OR resumed_at > ${since})`.execute(query);
  return rows;
}

function isWithin({ paused_at, resumed_at }: PauseSpan, slot: Date): boolean {
  return slot >= paused_at && (resumed_at === null || slot < resumed_at);
}

/** Resolves to the slots that had no row because nothing had started them. */
async function keepMissed(
  query: Query,
  { name }: KeptSchedule,
  { due, now }: { readonly due: readonly Date[]; readonly now: Date },
): Promise<readonly Date[]> {
  if (due.length === 0) return [];
  const { rows } = await sql<{ scheduled_at: Date }>`
    INSERT INTO platform.slots (schedule, scheduled_at, state, who, missed_at)
    SELECT ${name}, slot, 'missed', 'keeper', ${now} FROM unnest(${textsOf(due)}::timestamptz[]) AS slot
    ON CONFLICT (schedule, scheduled_at) DO NOTHING
    RETURNING scheduled_at`.execute(query);
  return rows.map(({ scheduled_at }) => scheduled_at);
}

async function openSlots(query: Query, { name }: KeptSchedule): Promise<readonly OpenSlot[]> {
  const { rows } = await sql<{ scheduled_at: Date; asked_at: Date | null; asks: number }>`
    SELECT scheduled_at, asked_at, asks FROM platform.slots
    WHERE schedule = ${name} AND state = 'missed'`.execute(query);
  return rows.map(({ scheduled_at, asked_at, asks }) => ({
    scheduledAt: scheduled_at,
    askedAt: asked_at ?? undefined,
    asks,
  }));
}

async function mark(query: Query, { name }: KeptSchedule, slots: readonly Date[], set: ReturnType<typeof sql>) {
  if (slots.length === 0) return;
  await sql`
    UPDATE platform.slots SET ${set}
    WHERE schedule = ${name} AND scheduled_at = ANY (${textsOf(slots)}::timestamptz[])`.execute(query);
}

/** Closes a slot that was reported earlier and that a newer slot has replaced: no action is needed any more. */
async function forget(query: Query, { name }: KeptSchedule, skipped: readonly Date[]): Promise<void> {
  const naturalKeys = skipped.map((slot) => missedKey(name, slot));
  if (naturalKeys.length > 0) await resolveFailures(query, { workload: workloadOf(name), naturalKeys }, 'keeper');
}

function workloadOf(schedule: string): string {
  return schedule.split('/')[0] ?? schedule;
}

function textsOf(slots: readonly Date[]): string[] {
  return slots.map((slot) => slot.toISOString());
}

/** A missed slot as a failure in the ledger, open until the slot has run. */
function failureOf(schedule: KeptSchedule, slot: Date, now: Date) {
  const [workload = schedule.name, sourceName = schedule.name] = schedule.name.split('/');
  return {
    naturalKey: missedKey(schedule.name, slot),
    workload,
    sourceKind: 'schedule' as const,
    sourceName,
    door: schedule.door,
    reason: 'SlotMissed',
    message: `Nobody ran the slot of ${slotText(slot)} in its ${schedule.graceMinutes} minutes of grace; it is caught up.`,
    input: startOf(schedule, slot, 'replay').input,
    attributes: {},
    occurredAt: now,
  };
}

function missedKey(schedule: string, slot: Date): string {
  return `slot:${schedule}:${slotText(slot)}`;
}
