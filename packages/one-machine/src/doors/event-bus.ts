import { randomUUID } from 'node:crypto';
import type { RuleModel } from '../template/model.ts';
import { type BusEvent, eventPattern } from './event-pattern.ts';

/** The account's default event bus, as far as this machine's services speak on it. */
export interface EventBus {
  publish(event: BusEvent & { readonly id?: string; readonly resources?: readonly string[] }): Promise<void>;
}

/** Sends each event to the targets of the rules it matches; what a target does not take goes to the target's dead letters. */
export function eventBus(options: {
  readonly rules: readonly RuleModel[];
  readonly region: string;
  readonly deliver: (targetArn: string, event: unknown) => Promise<unknown>;
  readonly bury: (deadLetter: string, rule: RuleModel, target: string, event: unknown, error: unknown) => Promise<void>;
  readonly onError: (message: string) => void;
}): EventBus {
  const rules = options.rules.map((rule) => ({ rule, matches: eventPattern(rule.pattern) }));
  return {
    async publish(event) {
      const full = {
        version: '0',
        id: randomUUID(),
        account: '000000000000',
        time: new Date().toISOString().replace(/\.\d{3}Z$/, 'Z'),
        region: options.region,
        resources: [],
        ...event,
      };
      const targets = rules
        .filter(({ matches }) => matches(full))
        .flatMap(({ rule }) => rule.targets.map((target) => ({ rule, target })));
      for (const { rule, target } of targets) {
        try {
          await options.deliver(target.arn, full);
        } catch (error) {
          options.onError(`${rule.name}: ${String(error)}`);
          if (target.deadLetter !== undefined) await options.bury(target.deadLetter, rule, target.arn, full, error);
        }
      }
    },
  };
}
