import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** One resource as CloudFormation has it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  /** The template makes the resource only where this holds. */
  readonly Condition?: string;
}

/** One stack's template. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >;
}

/** One stack of a cloud assembly. */
export interface StackFiles {
  readonly name: string;
  readonly template: Template;
}

interface Manifest {
  readonly artifacts: Record<string, { type: string; properties?: { templateFile?: string; stackName?: string } }>;
}

/** Reads the stacks of a synthesized cloud assembly (`manifest.json` and the templates it names). */
export async function readAssembly(directory: string): Promise<readonly StackFiles[]> {
  const manifest = (await readJson(path.join(directory, 'manifest.json'))) as Manifest;
  const stacks: StackFiles[] = [];
  for (const [id, artifact] of Object.entries(manifest.artifacts)) {
    if (artifact.type !== 'aws:cloudformation:stack' || !artifact.properties?.templateFile) continue;
    const template = (await readJson(path.join(directory, artifact.properties.templateFile))) as Template;
    stacks.push({ name: artifact.properties.stackName ?? id, template });
  }
  return stacks;
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
