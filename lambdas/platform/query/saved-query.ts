/** A query saved under a name. */
export interface SavedQuery {
  readonly name: string;
  readonly sql: string;
  readonly saved_by: string;
  readonly saved_at: Date;
}

export interface SavedQueries {
  /** In the order of their names. */
  list(): Promise<readonly SavedQuery[]>;
  /** One of the same name is replaced. */
  save(query: Omit<SavedQuery, 'saved_at'>): Promise<void>;
  /** Whether there was one. */
  remove(name: string): Promise<boolean>;
}
