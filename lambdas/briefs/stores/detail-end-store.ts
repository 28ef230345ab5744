import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import type { PlatformName } from '../platforms/names.ts';
import { type AnsweredDetail, follow, keptText } from './answer-store.ts';
import { tellPlatform } from './breaker-store.ts';
import { keepDetails } from './detail-store.ts';
import { type Settled, settle } from './settle-store.ts';

interface Told {
  readonly door: string;
  readonly now: Date;
}

/**
 * Keeps what answers told and ends their calls, in one transaction: what a batch brings costs as many round trips as what
 * one answer brings. One that was answered or given back meanwhile changes nothing. Rows are locked in the order of
 * {@link settle}, the articles after the calls.
 */
export function endDetails<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  details: readonly AnsweredDetail[],
  told: Told,
): Promise<Settled> {
  return transaction(async (session) => {
    const ended = await answerCalls(session, details, told.now);
    const known = details.filter(({ call }) => ended.some(({ id }) => id === call.id));
    await keepDetails(
      session.query,
      known.flatMap(({ call: { platform, kind, subject, briefUuid: brief }, answer, detail }) =>
        subject === undefined || brief === undefined
          ? []
          : [{ platform, kind, subject, brief, detail, at: new Date(answer.asked_at) }],
      ),
    );
    for (const { call, answer } of known) {
      if (!ended.some(({ id, forgiven }) => id === call.id && forgiven > 0)) continue;
      const end = { state: 'answered', next: undefined } as const;
      await follow(session.query, call, { ...told, end, answer, outcome: 'answered', wasRunAgain: true });
    }
    const settled = await settleLast(session, known);
    await tellPlatforms(session, ended, told.now);
    return settled;
  });
}

interface EndedCall {
  readonly id: number;
  readonly platform: PlatformName;
  readonly turn_id: number | null;
  readonly forgiven: number;
}

async function answerCalls<T>(
  { query }: Session<T>,
  details: readonly AnsweredDetail[],
  now: Date,
): Promise<readonly EndedCall[]> {
  const { rows } = await sql<EndedCall>`
    WITH answered AS (
      SELECT * FROM unnest(${details.map(({ call }) => call.id)}::bigint[],
        ${details.map(({ call }) => call.attempt)}::integer[], ${details.map(({ answer }) => answer.raw_key)}::text[],
        ${details.map(({ answer }) => keptText(answer))}::json[]) AS each (id, attempts, raw_key, answer)),
    before AS (
      SELECT id, turn_id FROM briefs.calls WHERE id IN (SELECT id FROM answered) ORDER BY id FOR NO KEY UPDATE)
    UPDATE briefs.calls AS call
    SET state = 'answered', lease_until = NULL, turn_id = NULL, reread = false, raw_key = answered.raw_key,
      answer = answered.answer, answered_at = ${now}, reason = NULL
    FROM answered JOIN before USING (id)
    WHERE call.id = answered.id AND call.attempts = answered.attempts AND call.state = 'sent'
    RETURNING call.id, call.platform, before.turn_id, call.forgiven`.execute(query);
  return rows;
}

/**
 * Settles the stages of which no further call waits: whatever comes of one that does settles its stage. Hundreds of details
 * would else wait for one another at the stage's row.
 */
async function settleLast<T>(session: Session<T>, details: readonly AnsweredDetail[]): Promise<Settled> {
  const stages = [...new Set(details.flatMap(({ call }) => call.stageUuid ?? []))];
  if (stages.length === 0) return { toExport: [] };
  const { rows } = await sql<{ uuid: string }>`
    SELECT uuid FROM unnest(${stages}::uuid[]) AS stage (uuid)
    WHERE NOT EXISTS (SELECT FROM briefs.calls WHERE stage_uuid = stage.uuid AND state = 'waiting')`.execute(
    session.query,
  );
  return settle(session, { stages: rows.map(({ uuid }) => uuid) });
}

/** In one order: two who end calls of the same platforms would wait for each other. */
async function tellPlatforms<T>(session: Session<T>, ended: readonly EndedCall[], now: Date): Promise<void> {
  for (const platform of [...new Set(ended.map((call) => call.platform))].sort()) {
    const turns = ended.flatMap((call) => (call.platform === platform ? (call.turn_id ?? []) : []));
    await tellPlatform(session, platform, { turns, outcome: 'answered', reason: null, dueAt: undefined, now });
  }
}
