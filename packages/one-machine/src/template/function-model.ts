import { TemplateError } from './intrinsics.ts';
import type { FunctionModel, NoRoom } from './model.ts';
import type { ResolvedResource } from './resolved-resource.ts';

type Bag = Readonly<Record<string, unknown>>;

/** A function as it runs here. Defaults are AWS's own. Throws for what no Node.js process can run. */
export function functionModel(from: ResolvedResource): FunctionModel {
  const { properties, name, arn, logicalId, resource } = from;
  const { Runtime, PackageType = 'Zip', Description, Handler } = properties;
  if (PackageType !== 'Zip') throw new TemplateError(`${logicalId}: a function of a container image doesn't run here`);
  if (Runtime !== undefined && !String(Runtime).startsWith('nodejs'))
    throw new TemplateError(`${logicalId}: only functions of Node.js run here, not of ${String(Runtime)}`);
  const environment = ((properties.Environment as Bag | undefined)?.Variables ?? {}) as Bag;
  return {
    name,
    arn,
    handler: typeof Description === 'string' && /^[\w-]+\/[\w-]+$/.test(Description) ? Description : name,
    ...codeOf(from),
    entry: entryOf(logicalId, String(Handler)),
    environment: Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)])),
    timeoutSeconds: Number(properties.Timeout ?? 3),
    memoryMegabytes: Number(properties.MemorySize ?? 128),
    concurrency: Number(properties.ReservedConcurrentExecutions ?? 1000),
    retries: 2,
    onFailure: undefined,
    noRoom: noRoomOf(resource.Metadata?.['one-machine:no-room']),
  };
}

function codeOf({ properties, logicalId, assetDirectory }: ResolvedResource) {
  const { ZipFile: inlineCode } = (properties.Code ?? {}) as { readonly ZipFile?: string };
  if (inlineCode !== undefined) return { codeDirectory: '', inlineCode };
  if (assetDirectory === undefined) throw new TemplateError(`${logicalId}: the function has no asset`);
  if (/\.(zip|jar)$/.test(assetDirectory))
    throw new TemplateError(`${logicalId}: a function runs from a folder here, not from ${assetDirectory}`);
  return { codeDirectory: assetDirectory };
}

/** `src/orders.check`: the file without its extension, and what it exports. */
function entryOf(logicalId: string, handler: string): FunctionModel['entry'] {
  const [, file, exported] = /^(.+)\.([^./]+)$/.exec(handler) ?? [];
  if (file === undefined || exported === undefined)
    throw new TemplateError(`${logicalId}: a handler is a file and its export, as index.handler, not ${handler}`);
  return { file, exported };
}

/** What the API says while a function has no room: JSON, as the template holds it. */
function noRoomOf(written: unknown): NoRoom | undefined {
  return written === undefined ? undefined : (JSON.parse(String(written)) as NoRoom);
}
