/** What the route of erasure needs. */
export interface ErasurePorts {
  readonly erasure: {
    /** Resolves to the rows that went; the files follow within minutes. */
    erase(tenant: string, user: string): Promise<number>;
  };
}
