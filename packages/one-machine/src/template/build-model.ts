import path from 'node:path';
import type { StackFiles, TemplateResource } from './assembly-files.ts';
import { type Built, builders } from './builders.ts';
import { resolverOf, TemplateError } from './intrinsics.ts';
import { type LocalReferences, localReferences } from './local-references.ts';
import type { StackModel } from './model.ts';
import { type ResourceTypes, resourceTypes, unknownParts } from './resource-types.ts';

/** What the templates don't say. */
export interface ModelOptions {
  readonly assembly: string;
  readonly region: string;
  /** What the app is called. */
  readonly app: string;
  /** Types of resources beside those that are known anyway. */
  readonly resourceTypes?: ResourceTypes | undefined;
}

/**
 * Reads what this machine must run out of the templates. Throws one {@link TemplateError} that names every type,
 * property and reference it doesn't know: nothing of a template is ignored.
 */
export function buildModel(stacks: readonly StackFiles[], options: ModelOptions): StackModel {
  const types = { ...resourceTypes, ...options.resourceTypes };
  const strange = stacks.flatMap(({ template }) =>
    Object.entries(template.Resources).flatMap(([id, resource]) => unknownParts(types, id, resource)),
  );
  if (strange.length > 0) {
    throw new TemplateError(`The template has elements the local runtime doesn't know:\n  ${strange.join('\n  ')}`);
  }
  const references = localReferences(stacks, { region: options.region, app: options.app, types });
  const built = nothingYet(options.assembly);
  const helpers = helpersOf(stacks, references);
  for (const { name: stack, template, assets } of stacks) {
    const resolve = resolverOf(stack, template, references);
    for (const [logicalId, resource] of Object.entries(template.Resources)) {
      const build = builders[resource.Type];
      const arn = references.arn(stack, logicalId, resource);
      if (!build || helpers.has(arn)) continue;
      build(
        {
          stack,
          logicalId,
          resource,
          properties: resolve(resource.Properties ?? {}) as Record<string, unknown>,
          arn,
          name: references.name(stack, logicalId, resource),
          assetDirectory: assetOf(resource, assets, options.assembly),
        },
        built,
      );
    }
  }
  return { ...complete(built), absent: absentTypes(stacks, types) };
}

/** The CDK's functions that serve its custom resources: what those do here is known by their types. */
function helpersOf(stacks: readonly StackFiles[], references: LocalReferences): ReadonlySet<string> {
  const tokens = stacks.flatMap(({ name, template }) => {
    const resolve = resolverOf(name, template, references);
    return Object.values(template.Resources)
      .map(({ Properties }) => Properties?.ServiceToken)
      .filter((token) => token !== undefined)
      .map((token) => String(resolve(token)));
  });
  return new Set(tokens);
}

/** By the CDK's metadata where its command line wrote some, else by the name that the asset would be uploaded to. */
function assetOf(
  { Metadata, Properties }: TemplateResource,
  assets: StackFiles['assets'],
  assembly: string,
): string | undefined {
  const { S3Key } = (Properties?.Code ?? {}) as { readonly S3Key?: unknown };
  const asset = Metadata?.['aws:asset:path'] ?? assets?.get(String(S3Key));
  return typeof asset === 'string' ? path.resolve(assembly, asset) : undefined;
}

function absentTypes(stacks: readonly StackFiles[], types: ResourceTypes): ReadonlyMap<string, string> {
  const found = stacks.flatMap(({ template }) => Object.values(template.Resources).map(({ Type }) => Type));
  const reasons = [...new Set(found)].sort().map((type) => [type, types[type]] as const);
  return new Map(reasons.flatMap(([type, rule]) => (rule && 'absent' in rule ? [[type, rule.absent] as const] : [])));
}

/** The model before the first resource. */
function nothingYet(assembly: string): Built {
  return {
    assembly,
    functions: [],
    queues: [],
    buckets: [],
    stateMachines: [],
    schedules: [],
    queueSources: [],
    topics: [],
    streamSources: [],
    objectNotifications: [],
    tellingBuckets: new Set(),
    rules: [],
    secrets: [],
    triggers: [],
    mailIdentities: [],
    tables: [],
    workGroups: [],
    routes: [],
    cors: undefined,
    integrations: new Map(),
    invokeConfigs: new Map(),
  };
}

/** Joins what stands in different resources: routes with their integrations, functions with their destinations. */
function complete(built: Built): Omit<StackModel, 'absent'> {
  const { routes, cors, integrations, invokeConfigs, functions, buckets, tellingBuckets, ...rest } = built;
  return {
    ...rest,
    buckets: buckets.map((bucket) =>
      tellingBuckets.has(bucket.name) ? { ...bucket, notifiesEventBus: true } : bucket,
    ),
    functions: functions.map((model) => ({ ...model, ...invokeConfigs.get(model.name) })),
    httpApi:
      routes.length === 0
        ? undefined
        : {
            cors,
            routes: routes.map(({ key, target }) => {
              const functionArn = integrations.get(target.replace('integrations/', ''));
              if (!functionArn)
                throw new TemplateError(`The route ${key} leads to ${target}, which is no integration of the template`);
              return { key, functionArn };
            }),
          },
  };
}
