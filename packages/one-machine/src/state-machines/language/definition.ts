import { z } from 'zod';

/** Checks of shape only; `readDefinition` adds what one schema can't say. Unknown fields are errors everywhere. */

/** A set of states with its start: a machine, a branch of a Parallel, the ItemProcessor of a Map. */
export interface States {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const refused = (reason: string) => z.undefined({ error: `is not supported here: ${reason}` }).optional();

const text = z.string();
/** Any JSON; strings in `{% %}` inside it are evaluated. */
const template = z.json();
const expression = z.string().regex(/^\{%[\s\S]*%\}$/, 'must be a JSONata expression in {% %}');
const stateName = z.string().min(1).max(80);
/** RFC 3339 as the States Language narrows it: upper-case T, and Z or an offset. */
export const timestamp = z.iso.datetime({ offset: true });
const assign = z.record(
  // JSONata variables are Unicode identifiers of at most 80 characters; `states` is AWS's own.
  z
    .string()
    .regex(/^(?!states$)\p{ID_Start}\p{ID_Continue}{0,79}$/u, 'is not a variable name (or is the reserved `states`)'),
  template,
);
const errorEquals = z
  .array(text)
  .min(1)
  .refine((names) => names.length === 1 || !names.includes('States.ALL'), 'must hold States.ALL alone');

const common = { Comment: text.optional(), QueryLanguage: z.literal('JSONata').optional() };
const flow = { Next: stateName.optional(), End: z.literal(true).optional() };
const data = { Output: template.optional(), Assign: assign.optional() };

/** Bounds as in "Handling errors in Step Functions workflows", AWS developer guide. */
const retrier = z.strictObject({
  Comment: text.optional(),
  ErrorEquals: errorEquals,
  IntervalSeconds: z.int().min(1).max(99_999_999).default(1),
  MaxAttempts: z.int().min(0).max(99_999_999).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.int().min(1).max(31_622_399).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
});

const catcher = z.strictObject({ Comment: text.optional(), ErrorEquals: errorEquals, Next: stateName, ...data });

const lastIsWildcard = (list: readonly { ErrorEquals: string[] }[]) =>
  list.slice(0, -1).every((one) => !one.ErrorEquals.includes('States.ALL'));
const recovery = {
  Retry: z.array(retrier).refine(lastIsWildcard, 'must have States.ALL last').optional(),
  Catch: z.array(catcher).refine(lastIsWildcard, 'must have States.ALL last').optional(),
};

const seconds = z.int().min(1).max(99_999_999);

const pass = z.strictObject({ Type: z.literal('Pass'), ...common, ...flow, ...data });

const task = z.strictObject({
  Type: z.literal('Task'),
  ...common,
  ...flow,
  ...data,
  ...recovery,
  Resource: text
    .min(1)
    .refine((arn) => !arn.endsWith('.waitForTaskToken'), 'task tokens are not supported here')
    .refine(
      (arn) => !/\.sync(:\d+)?$/.test(arn) || arn.endsWith(':emr-serverless:startJobRun.sync'),
      'waiting for a job (.sync) of this kind is not supported here',
    )
    .refine((arn) => !/^arn:[^:]+:states:[^:]*:[^:]+:activity:/.test(arn), 'activities are not supported here'),
  Arguments: template.optional(),
  TimeoutSeconds: z.union([seconds, expression]).optional(),
  HeartbeatSeconds: refused('no task here sends heartbeats'),
  Credentials: refused('tasks run as the local user'),
});

const choice = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  ...data,
  Choices: z
    .array(
      z.strictObject({
        Comment: text.optional(),
        Condition: z.union([z.boolean(), expression]),
        Next: stateName,
        ...data,
      }),
    )
    .min(1),
  Default: stateName.optional(),
});

const wait = z.strictObject({
  Type: z.literal('Wait'),
  ...common,
  ...flow,
  ...data,
  Seconds: z.union([z.int().min(0).max(99_999_999), expression]).optional(),
  Timestamp: z.union([timestamp, expression]).optional(),
});

const succeed = z.strictObject({ Type: z.literal('Succeed'), ...common, Output: template.optional() });

const fail = z.strictObject({
  Type: z.literal('Fail'),
  ...common,
  Error: text.optional(),
  Cause: text.optional(),
});

const parallel = z.strictObject({
  Type: z.literal('Parallel'),
  ...common,
  ...flow,
  ...data,
  ...recovery,
  Arguments: template.optional(),
  get Branches(): z.ZodType<States[]> {
    return z.array(branch).min(1);
  },
});

const distributedOnly = refused('it belongs to distributed Maps');
const tolerated = refused('failures of single items are caught inside the ItemProcessor');

const map = z.strictObject({
  Type: z.literal('Map'),
  ...common,
  ...flow,
  ...data,
  ...recovery,
  Items: z.union([z.array(template), expression]).optional(),
  ItemSelector: template.optional(),
  MaxConcurrency: z.union([z.int().min(0), expression]).optional(),
  get ItemProcessor(): z.ZodType<States> {
    return processor;
  },
  ToleratedFailureCount: tolerated,
  ToleratedFailurePercentage: tolerated,
  ItemReader: distributedOnly,
  ItemBatcher: distributedOnly,
  ResultWriter: distributedOnly,
  Label: distributedOnly,
});

const state = z.discriminatedUnion('Type', [pass, task, choice, wait, succeed, fail, parallel, map]);
const states = { StartAt: stateName, States: z.record(stateName, state) };
const branch = z.strictObject({ Comment: text.optional(), ...states });
const processor = z.strictObject({
  Comment: text.optional(),
  ProcessorConfig: z
    .strictObject({
      Mode: z.literal('INLINE', { error: 'must be INLINE: distributed Maps are not supported here' }).optional(),
      ExecutionType: distributedOnly,
    })
    .optional(),
  ...states,
});

/** The States Language with JSONata, as far as it runs here ("Amazon States Language", states-language.net). */
export const definitionShape = z.strictObject({
  Comment: text.optional(),
  Version: z.literal('1.0').optional(),
  // Of the states that name none; `readDefinition` refuses what is left in JSONPath, AWS's default.
  QueryLanguage: z.enum(['JSONata', 'JSONPath']).optional(),
  TimeoutSeconds: seconds.optional(),
  ...states,
});

export type Definition = z.output<typeof definitionShape>;
export type State = z.output<typeof state>;
export type StateOf<T extends State['Type']> = Extract<State, { Type: T }>;
export type Retrier = z.output<typeof retrier>;
export type Catcher = z.output<typeof catcher>;
