import { platformNamed } from '../platforms/index.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { BriefsApiPorts } from './ports.ts';

/** Where the files of stages are, and the signed addresses that lead to them. */

const downloadPath = '/dts-auto-brief/download';
const imagePath = '/dts-auto-brief/img';

export const imageKinds = { content: '1', topic: '2' } as const;
export type ImageKind = keyof typeof imageKinds;

/** The zip of a stage. */
export function zipKey(stage: string): string {
  return `briefs/${stage}.zip`;
}

/** A word cloud of one platform of a stage. */
export function imageKey(stage: string, platform: PlatformName, kind: ImageKind): string {
  return `briefs/${stage}/${platform}_${kind}.png`;
}

/** How a request has come, as the gateway says it. */
interface Reached {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestContext: { readonly domainName: string };
}

type LinkPorts = Pick<BriefsApiPorts, 'sign' | 'address' | 'keepDays' | 'clock'>;

/** Signed addresses of a stage's files, whole, by the host under which the caller reaches this API. */
export function linksOf(
  { uuid, exported_at: exportedAt }: { readonly uuid: string; readonly exported_at: Date | null },
  event: Reached,
  { sign, address, keepDays, clock }: LinkPorts,
) {
  // As long as the file is kept, which is counted from its making.
  const expiresAt = new Date((exportedAt ?? clock()).getTime() + keepDays * 24 * 3600 * 1000);
  const base = address === '' ? baseOf(event) : address.replace(/\/$/, '');
  const link = async (path: string, shows: Readonly<Record<string, string>>) =>
    base + (await sign({ path, shows: { stage_uuid: uuid, ...shows }, expiresAt }));
  return {
    download: () => link(downloadPath, {}),
    image: (platform: PlatformName, kind: ImageKind) =>
      link(imagePath, { platform: String(platformNamed(platform).code), img_type: imageKinds[kind] }),
  };
}

/** The domain that API Gateway has routed the request by: no header of the caller's own. */
function baseOf({ headers, requestContext }: Reached): string {
  const scheme = headers['x-forwarded-proto'] === 'http' ? 'http' : 'https';
  return `${scheme}://${requestContext.domainName}`;
}
