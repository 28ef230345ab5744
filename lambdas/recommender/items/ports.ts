/** Which item of which tenant. */
export interface ItemKey {
  readonly tenant_id: string;
  readonly scenario_id: string;
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

/** What the routes of items need. */
export interface ItemPorts {
  readonly items: {
    find(key: ItemKey): Promise<ShownItem | undefined>;
  };
}
