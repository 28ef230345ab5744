import { arrayText, type CopyValue } from '#kit/text/copy-text.ts';
import { contentHash, contentOf } from './item-content.ts';
import type { SentItem } from './item-message.ts';

/** An item with what says how new it is. */
export interface ArrivedItem {
  readonly tenant_id: string;
  readonly scenario_id: string;
  readonly item: SentItem;
  readonly at: Date;
  /** Of two that came at one time, the later offset is the newer. */
  readonly offset: number;
}

const columns = [
  'tenant_id',
  'scenario_id',
  'item_id',
  'metadata',
  'title',
  'description',
  'category',
  'author',
  'tags',
  'publish_time',
  'view_count',
  'like_count',
  'completion_rate',
  'embedding',
  'status',
  'content_hash',
  'message_time',
  'message_offset',
  'updated_at',
  'deleted_at',
] as const;

/** Newer content replaces older. */
export const itemTarget = {
  table: 'recommender.items',
  columns,
  key: ['tenant_id', 'scenario_id', 'item_id'],
  newer: ['message_time', 'message_offset'],
};

/** An item as its row is, in the order of the columns. */
export function itemRow({ tenant_id, scenario_id, item, at, offset }: ArrivedItem): CopyValue[] {
  const { item_id, metadata, embedding, status } = item;
  const content = contentOf(metadata);
  const time = at.toISOString();
  return [
    tenant_id,
    scenario_id,
    item_id,
    JSON.stringify(metadata),
    content.title,
    content.description,
    content.category,
    content.author,
    arrayText(content.tags),
    content.publish_time?.toISOString() ?? null,
    content.view_count,
    content.like_count,
    content.completion_rate,
    embedding && arrayText(embedding),
    status,
    contentHash(metadata, embedding),
    time,
    offset,
    time,
    null,
  ];
}
