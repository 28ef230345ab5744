import type { Page, Paging } from '#kit/api/paging.ts';
import type { SentItem } from './item-message.ts';

/** Which scenario of which tenant. */
export interface ItemScenario {
  readonly tenant_id: string;
  readonly scenario_id: string;
}

/** Which item of which tenant. */
export interface ItemKey extends ItemScenario {
  readonly item_id: string;
}

/** An item as it is shown. */
export interface ShownItem {
  readonly item_id: string;
  readonly scenario_id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly status: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Which items of a scenario a list shows; all of it holds. */
export interface ItemFilter extends ItemScenario {
  readonly status?: string | undefined;
  readonly category?: string | undefined;
  readonly tag?: string | undefined;
  /** Words of the title, the description, an author or a tag. */
  readonly text?: string | undefined;
}

/** What the routes of items need. */
export interface ItemPorts {
  readonly items: {
    find(key: ItemKey): Promise<ShownItem | undefined>;
    list(filter: ItemFilter, paging: Paging): Promise<Page<ShownItem>>;
    /** `false` when it is there already: nothing is changed then. */
    create(scenario: ItemScenario, item: SentItem): Promise<boolean>;
    /** Brings them in as they would come by their topic. */
    put(scenario: ItemScenario, items: readonly SentItem[]): Promise<void>;
    /** `false` when it isn't there. */
    remove(key: ItemKey): Promise<boolean>;
  };
}
