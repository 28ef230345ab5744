import path from 'node:path';
import type { StackFiles } from './assembly-files.ts';
import { type Built, builders } from './builders.ts';
import { resolverOf, TemplateError } from './intrinsics.ts';
import { localReferences } from './local-references.ts';
import type { StackModel } from './model.ts';
import { unknownParts } from './resource-types.ts';

/**
 * Reads what this machine must run out of the templates. Throws one {@link TemplateError} that names every type,
 * property and reference it doesn't know: nothing of a template is ignored.
 */
export function buildModel(
  stacks: readonly StackFiles[],
  options: { readonly assembly: string; readonly region: string },
): StackModel {
  const strange = stacks.flatMap(({ template }) =>
    Object.entries(template.Resources).flatMap(([id, resource]) => unknownParts(id, resource)),
  );
  if (strange.length > 0) {
    throw new TemplateError(`The template has elements the local runtime doesn't know:\n  ${strange.join('\n  ')}`);
  }
  const references = localReferences(stacks, options.region);
  const built = nothingYet(options.assembly);
  for (const { name: stack, template } of stacks) {
    const resolve = resolverOf(stack, template, references);
    for (const [logicalId, resource] of Object.entries(template.Resources)) {
      const build = builders[resource.Type];
      if (!build) continue;
      const asset = resource.Metadata?.['aws:asset:path'];
      build(
        {
          stack,
          logicalId,
          resource,
          properties: resolve(resource.Properties ?? {}) as Record<string, unknown>,
          arn: references.arn(stack, logicalId, resource),
          name: references.name(stack, logicalId, resource),
          assetDirectory: typeof asset === 'string' ? path.resolve(options.assembly, asset) : undefined,
        },
        built,
      );
    }
  }
  return complete(built);
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
function complete(built: Built): StackModel {
  const { routes, cors, integrations, invokeConfigs, functions, ...rest } = built;
  return {
    ...rest,
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
