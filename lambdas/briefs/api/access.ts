import type { Caller } from '#kit/api/authentication.ts';
import { isGiven } from '#kit/api/permission.ts';
import { NotFoundError } from '#kit/errors.ts';
import type { BriefHead, StageHead } from '../lists/brief-view-store.ts';
import { isId } from './fields.ts';
import type { BriefsApiPorts } from './ports.ts';

/** Whether a caller sees a brief whole, and changes it: its owner does, and an admin. */
export function isOwn({ owner }: Pick<BriefHead, 'owner'>, caller: Caller): boolean {
  return owner === caller.name || isGiven(caller, 'admin');
}

/** A brief that is the caller's; another's is as unknown as none. */
export async function ownBrief(
  id: string,
  caller: Caller,
  { briefs }: Pick<BriefsApiPorts, 'briefs'>,
): Promise<BriefHead> {
  const found = isId(id) ? await briefs.find(id) : undefined;
  if (!found || !isOwn(found, caller)) throw noBrief(id);
  return found;
}

/** Also of one that was deleted while it was asked for. */
export function noBrief(id: string): NotFoundError {
  return new NotFoundError(`There is no brief ${shortened(id)}.`);
}

/** A stage of a brief that is the caller's. */
export async function ownStage(
  id: string,
  caller: Caller,
  { briefs }: Pick<BriefsApiPorts, 'briefs'>,
): Promise<{ readonly brief: BriefHead; readonly stage: string }> {
  const brief = isId(id) ? await briefs.ofStage(id) : undefined;
  if (!brief || !isOwn(brief, caller)) throw new NotFoundError(`There is no stage ${shortened(id)}.`);
  return { brief, stage: id.toLowerCase() };
}

/** The brief, or the stage where one is named: as the caller's own. */
export async function ownPart(
  { job_uuid, stage_uuid }: { readonly job_uuid?: string | undefined; readonly stage_uuid?: string | undefined },
  caller: Caller,
  ports: Pick<BriefsApiPorts, 'briefs'>,
): Promise<{ readonly brief: BriefHead; readonly part: { readonly brief: string } | { readonly stage: string } }> {
  if (stage_uuid === undefined) {
    const brief = await ownBrief(job_uuid ?? '', caller, ports);
    return { brief, part: { brief: brief.uuid } };
  }
  const { brief, stage } = await ownStage(stage_uuid, caller, ports);
  return { brief, part: { stage } };
}

/** A stage that is asked for by its signed address. */
export async function signedStage(id: string, { briefs }: Pick<BriefsApiPorts, 'briefs'>): Promise<StageHead> {
  const found = isId(id) ? await briefs.stage(id) : undefined;
  if (!found) throw new NotFoundError(`There is no stage ${shortened(id)}.`);
  return found;
}

function shortened(id: string): string {
  return id.slice(0, 100);
}
