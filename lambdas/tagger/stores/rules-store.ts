import type { ObjectStore } from '#adapters/object-store.ts';
import type { Clock } from '#kit/clock.ts';
import { PermanentError } from '#kit/errors.ts';
import { asError, count, logger } from '#kit/telemetry.ts';
import { modelName, rulesKey } from '../contract.ts';
import { createTagger } from '../create-tagger.ts';
import { defaultModel } from '../model/default-model.ts';
import type { CurrentTagger } from '../ports.ts';
import { defaultRules } from '../rules/default-rules.ts';
import { ruleSource } from '../rules/rule-source.ts';

/** The shipped model with the rules of the bucket, or the shipped ones where it has none. */
export function currentTagger(
  { RULES_FRESH_MS }: { readonly RULES_FRESH_MS: number },
  bucket: Pick<ObjectStore, 'readIfChanged'>,
  clock: Clock,
): () => Promise<CurrentTagger> {
  const rulesInForce = ruleSource(defaultRules(), RULES_FRESH_MS, {
    readRules: (etag) => bucket.readIfChanged(rulesKey, etag),
    clock,
    refused(error) {
      // A bucket that is away for a moment refuses nothing: it is asked again.
      if (!(error instanceof PermanentError)) return logger().warn('The rules could not be read', { error });
      count('RulesRefused');
      logger().error('The rules are refused; those before them stay', { error: asError(error), key: rulesKey });
    },
  });
  let made: { readonly rules: unknown; readonly current: CurrentTagger } | undefined;
  return async () => {
    const rules = await rulesInForce();
    if (made?.rules === rules) return made.current;
    const model = defaultModel();
    // What a text is tagged with depends on both.
    const version = { model: modelName, version: `${model.version}+${rules.version}` };
    made = { rules, current: { tag: createTagger(model, rules), version } };
    return made.current;
  };
}
