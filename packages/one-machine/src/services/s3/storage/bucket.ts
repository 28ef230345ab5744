/** One CORS rule of a bucket, as the template has it. */
export interface CorsRule {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeSeconds: number | undefined;
}

/** A bucket, as the template describes it. */
export interface Bucket {
  readonly name: string;
  readonly versioned: boolean;
  /** @default no page elsewhere may ask */
  readonly cors?: readonly CorsRule[];
}
