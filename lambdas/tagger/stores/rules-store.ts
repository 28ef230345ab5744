import { readIfChanged } from '#adapters/objects/changed-object.ts';
import type { Clock } from '#kit/clock.ts';
import { PermanentError } from '#kit/errors.ts';
import { asError, count, logger } from '#kit/telemetry.ts';
import { rulesKey } from '../contract.ts';
import { currentTagger } from '../current-tagger.ts';
import { defaultModel } from '../model/default-model.ts';
import type { CurrentTagger } from '../ports.ts';
import { defaultRules } from '../rules/default-rules.ts';
import { ruleSource } from '../rules/rule-source.ts';

export interface RuleSettings {
  readonly TAGGER_BUCKET: string;
  readonly RULES_FRESH_MS: number;
}

/** The shipped model with the rules of the bucket, or the shipped ones where it has none. */
export function shippedTagger(settings: RuleSettings, clock: Clock): () => Promise<CurrentTagger> {
  const { TAGGER_BUCKET: bucket, RULES_FRESH_MS: freshMs } = settings;
  const rulesInForce = ruleSource(defaultRules(), freshMs, {
    readRules: (etag) => readIfChanged({ bucket, key: rulesKey }, etag),
    clock,
    refused(error) {
      // A bucket that is away for a moment refuses nothing: it is asked again.
      if (!(error instanceof PermanentError)) return logger().warn('The rules could not be read', { error });
      count('RulesRefused');
      logger().error('The rules are refused; those before them stay', { error: asError(error), key: rulesKey });
    },
  });
  return currentTagger(defaultModel(), rulesInForce);
}
