import * as z from 'zod';
import { asStorableJson, isStorable } from '#kit/text/storable.ts';
import type { Variant } from './assignment.ts';

/** The refusal of shares that don't add up. */
const trafficText = (sum: number) => `流量分配总和必须为100%，当前为${sum}%`;

/** As it stands in events and answers. */
export const experimentId = z.string().regex(/^[\w.-]{1,64}$/, '实验ID只能由字母、数字和 _ . - 组成，最多64个字符');

const text = (longest: number) => z.string().trim().max(longest).refine(isStorable, 'Not a valid string.');

/** A name stands in events and answers as the group. */
const variant = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,64}$/, '变体名称只能由字母、数字和 _ . - 组成，最多64个字符'),
  traffic: z.int().min(0).max(100).describe('Share of the users in whole percents.'),
  config: z
    .record(z.string(), z.unknown())
    .prefault({})
    .transform(asStorableJson)
    .describe('What it changes of the scenario’s configuration.'),
});

const variants = z
  .array(variant)
  .min(2)
  .max(10)
  .superRefine((given, { addIssue }) => {
    const sum = given.reduce((total, { traffic }) => total + traffic, 0);
    if (sum !== 100) addIssue({ code: 'custom', message: trafficText(sum) });
    const names = given.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) addIssue({ code: 'custom', message: `变体名称重复: ${twice}` });
  });

/** The request to make an experiment. */
export const newExperiment = z.strictObject({
  experiment_id: experimentId,
  scenario_id: z.string().regex(/^[\w.:-]{1,64}$/),
  name: text(200).pipe(z.string().min(1)),
  description: text(2000).default(''),
  variants,
  least_lift: z
    .number()
    .min(0.001)
    .max(10)
    .default(0.1)
    .describe('The least lift worth finding, as a part of the first variant’s rate.'),
});
export type NewExperiment = z.output<typeof newExperiment>;

export const experimentStates = ['draft', 'running', 'stopped'] as const;

/** A variant with what it changes. */
export interface ConfiguredVariant extends Variant {
  readonly config: Readonly<Record<string, unknown>>;
}

/** An experiment as it stands. */
export interface Experiment extends Omit<NewExperiment, 'variants'> {
  readonly variants: readonly ConfiguredVariant[];
  readonly state: (typeof experimentStates)[number];
  readonly author: string;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly stopped_at: Date | null;
}
