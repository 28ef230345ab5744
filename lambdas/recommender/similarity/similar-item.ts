/** An item that is like another: by who acted on both, or by what both say. */
export interface SimilarItem {
  readonly item_id: string;
  readonly score: number;
  readonly overlap: number;
  readonly source: 'behavior' | 'content';
  readonly metadata: unknown;
}
