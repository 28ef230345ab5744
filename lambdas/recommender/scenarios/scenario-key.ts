/** Whose scenario: every row, object and cache entry of the recommender is behind both. */
export interface ScenarioKey {
  readonly tenant: string;
  readonly scenario: string;
}
