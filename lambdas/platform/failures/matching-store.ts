import type { Generated } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { FailureFilter, FailureRow } from './ledger.ts';
import type { ReplayRow } from './replays/replays.ts';

/** The tables of the failure ledger, by the names that queries use. */
export interface PlatformTables {
  'platform.failures': FailureRow;
  'platform.replays': Omit<ReplayRow, 'id' | 'asked_at' | 'state' | 'changed_at'> & {
    readonly id: Generated<number>;
    readonly asked_at: Generated<Date>;
    readonly state: Generated<ReplayRow['state']>;
    readonly changed_at: Generated<Date | null>;
  };
}

export type Query = Database<PlatformTables>['query'];

/** The failures for which all fields that are given hold. */
export function matching(query: Query, { workload, kind, source, reason, state, from, to }: FailureFilter) {
  const equal = { workload, source_kind: kind, source_name: source, reason, state };
  const given = Object.entries(equal).filter((entry) => entry[1] !== undefined) as [keyof typeof equal, never][];
  return given
    .reduce((builder, [column, value]) => builder.where(column, '=', value), query.selectFrom('platform.failures'))
    .$if(from !== undefined, (builder) => builder.where('occurred_at', '>=', new Date(from ?? 0)))
    .$if(to !== undefined, (builder) => builder.where('occurred_at', '<', new Date(to ?? 0)));
}
