import type { Page } from '#kit/api/paging.ts';
import type { Deed, HistoryFilter } from '../profiles/history-store.ts';
import type { ProfileCounts } from '../profiles/profile.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import type { SimilarItem } from '../similarity/similar-item.ts';
import type { RecommendPorts } from './recommend.ts';

/** What the routes of recommendations need. */
export interface ServingPorts {
  readonly serving: RecommendPorts;
  /** `undefined`: there is no such item. */
  readonly similar: (
    key: ScenarioKey,
    asked: { readonly item: string; readonly count: number },
  ) => Promise<readonly SimilarItem[] | undefined>;
  readonly profiles: (asked: {
    readonly tenant: string;
    readonly user: string;
    readonly scenario?: string | undefined;
  }) => Promise<readonly ProfileCounts[]>;
  /** The newest first. */
  readonly history: (asked: HistoryFilter) => Promise<Page<Deed>>;
}
