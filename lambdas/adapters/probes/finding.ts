/** What a probe found; a probe that fails throws. */
export interface Finding {
  readonly version?: string | undefined;
  readonly note?: string | undefined;
}
