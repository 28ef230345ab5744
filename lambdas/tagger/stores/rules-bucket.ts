import { objectStore } from '#adapters/object-store.ts';
import { readIfChanged } from '#adapters/objects/changed-object.ts';
import type { Clock } from '#kit/clock.ts';
import { NotFoundError, PermanentError } from '#kit/errors.ts';
import { asError, count, logger } from '#kit/telemetry.ts';
import { keptRulesKey, rulesKey } from '../contract.ts';
import { currentTagger } from '../current-tagger.ts';
import { defaultModel } from '../model/default-model.ts';
import type { CurrentTagger } from '../ports.ts';
import { defaultRules } from '../rules/default-rules.ts';
import { ruleSource } from '../rules/rule-source.ts';

export interface RuleSettings {
  readonly RAW_BUCKET: string;
  readonly RULES_FRESH_MS: number;
}

/**
 * The shipped model with the rules of the bucket, or the shipped ones where it has none. `keeps`: this function keeps what
 * was good for all others.
 */
export function shippedTagger(settings: RuleSettings, clock: Clock, keeps = false): () => Promise<CurrentTagger> {
  const { RAW_BUCKET: bucket, RULES_FRESH_MS: freshMs } = settings;
  const store = objectStore(bucket);
  const rulesInForce = ruleSource(defaultRules(), freshMs, {
    readRules: (etag) => readIfChanged({ bucket, key: rulesKey }, etag),
    readKept: () => store.readText(keptRulesKey).catch(absent),
    keep: async (text) => {
      if (keeps) await store.put(keptRulesKey, text, { contentType: 'application/json' });
    },
    clock,
    refused(error) {
      // A bucket that is away for a moment refuses nothing: it is asked again.
      if (!(error instanceof PermanentError)) return logger().warn('The rules could not be read or kept', { error });
      count('RulesRefused');
      logger().error('The rules are refused; those before them stay', { error: asError(error), key: rulesKey });
    },
  });
  return currentTagger(defaultModel(), rulesInForce);
}

function absent(error: unknown): undefined {
  if (error instanceof NotFoundError) return undefined;
  throw error;
}
