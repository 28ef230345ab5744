/** What a probe found; one that fails throws. */
export interface Finding {
  readonly version?: string | undefined;
  readonly note?: string | undefined;
}
