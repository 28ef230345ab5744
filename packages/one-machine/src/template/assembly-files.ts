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
  /** Where an asset is in the assembly, by the name that it would be uploaded to. */
  readonly assets?: ReadonlyMap<string, string>;
}

interface Manifest {
  readonly artifacts: Record<
    string,
    { type: string; properties?: { templateFile?: string; stackName?: string; file?: string } }
  >;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

/** Reads the stacks of a synthesized cloud assembly (`manifest.json` and the templates it names). */
export async function readAssembly(directory: string): Promise<readonly StackFiles[]> {
  const manifest = (await readJson(path.join(directory, 'manifest.json'))) as Manifest;
  const assets = await assetsOf(directory, manifest);
  const stacks: StackFiles[] = [];
  for (const [id, artifact] of Object.entries(manifest.artifacts)) {
    if (artifact.type !== 'aws:cloudformation:stack' || !artifact.properties?.templateFile) continue;
    const template = (await readJson(path.join(directory, artifact.properties.templateFile))) as Template;
    stacks.push({ name: artifact.properties.stackName ?? id, template, assets });
  }
  return stacks;
}

async function assetsOf(directory: string, { artifacts }: Manifest): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { type, properties } of Object.values(artifacts)) {
    if (type !== 'cdk:asset-manifest' || properties?.file === undefined) continue;
    const { files = {} } = (await readJson(path.join(directory, properties.file))) as AssetManifest;
    for (const { source, destinations } of Object.values(files))
      for (const { objectKey } of Object.values(destinations)) if (source.path) found.set(objectKey, source.path);
  }
  return found;
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
