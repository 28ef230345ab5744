import { readJson } from '#kit/api/body.ts';
import { route } from '#kit/api/route.ts';
import { ConflictError, InvalidInputError } from '#kit/errors.ts';
import { storableJson, storableText } from '#kit/text/storable.ts';
import { notText, placeOfNoText } from '#kit/text/well-formed.ts';
import { BriefRefusedError } from '../work/codes.ts';
import { estimateOf } from '../work/estimate.ts';
import { readJobContent } from '../work/job-content.ts';
import { noBrief, ownBrief, ownPart } from './access.ts';
import { cancelled, changed, ranAgain, remade, removed, submitted } from './answers.ts';
import { briefId, briefOrStage, cancellation, change, submission } from './parameters.ts';
import type { BriefsApiPorts } from './ports.ts';

/** POST /dts-auto-brief/job/submit */
export const submitBrief = route({
  summary: 'Submit a brief; answers at once.',
  description: 'What is wrong with it is told by err_code 2003 to 2009, with status 200.',
  permission: 'own',
  body: submission,
  bodyOrQuery: true,
  answers: { 200: submitted },
  handle: async ({ body, caller }, { briefs, settings }: BriefsApiPorts) => {
    const asked = askedFor(body);
    if (body.dry_run) return { status: 200, body: { estimate: estimateOf(asked.orders, settings) } };
    const { uuid, code, name, remarks, orders, jobContent } = await briefs.submit({
      ...asked,
      remarks: storableText(body.remarks ?? ''),
      owner: caller.name,
      createUserName: storableText(body.create_user_name ?? caller.name),
      idempotencyKey: body.idempotency_key && storableText(body.idempotency_key),
    });
    const told = { jobUuid: uuid, jobCode: code, jobName: name, remarks, jobContent };
    return { status: 200, body: { ...told, estimate: estimateOf(orders, settings) } };
  },
});

/** POST /dts-auto-brief/job/change */
export const changeBrief = route({
  summary: 'Ask for something else, while nothing of the brief has run (else 2010).',
  permission: 'own',
  body: change,
  bodyOrQuery: true,
  answers: { 200: changed },
  handle: async ({ body, caller }, ports: BriefsApiPorts) => {
    const { uuid } = await ownBrief(body.job_uuid, caller, ports);
    const asked = askedFor(body);
    const outcome = await ports.briefs.change({ uuid, ...asked });
    if (outcome === 'unknown') throw noBrief(uuid);
    if (outcome === 'not-queued') throw new BriefRefusedError('NOT_QUEUED');
    const estimate = estimateOf(asked.orders, ports.settings);
    return { status: 200, body: { jobUuid: uuid, job_name: asked.name, job_desc: asked.jobContent, estimate } };
  },
});

/** POST /dts-auto-brief/job/cancel */
export const cancelBrief = route({
  summary: 'Stop what of a brief has not run; what is there stays.',
  permission: 'own',
  body: cancellation,
  bodyOrQuery: true,
  answers: { 200: cancelled },
  handle: async ({ body, caller }, ports: BriefsApiPorts) => {
    const { uuid } = await ownBrief(body.job_uuid, caller, ports);
    const stopped = await ports.briefs.cancel({ uuid, reason: storableText(body.cancel_reason ?? '') });
    if (stopped.outcome === 'unknown') throw noBrief(uuid);
    if (stopped.outcome === 'ended') throw new ConflictError('工单已结束，无法取消！');
    return { status: 200, body: { jobUuid: uuid, jobReason: stopped.reason } };
  },
});

/** POST /dts-auto-brief/job/delete */
export const deleteBrief = route({
  summary: 'Delete a brief whole, with everything that was crawled for it.',
  permission: 'own',
  body: briefId,
  bodyOrQuery: true,
  answers: { 200: removed },
  handle: async ({ body, caller }, ports: BriefsApiPorts) => {
    const { uuid } = await ownBrief(body.job_uuid, caller, ports);
    await ports.briefs.remove(uuid);
    return { status: 200, body: { jobUuid: uuid } };
  },
});

/** POST /dts-auto-brief/job/run_again */
export const runBriefAgain = route({
  summary: 'Run what of a brief, or of one of its stages, has failed again; what is stored stays.',
  permission: 'own',
  body: briefOrStage,
  bodyOrQuery: true,
  answers: { 200: ranAgain },
  handle: async ({ body, caller }, ports: BriefsApiPorts) => {
    const { brief, part } = await ownPart(body, caller, ports);
    const again = await ports.briefs.runAgain(part);
    if (again === undefined) throw noBrief(brief.uuid);
    if (again === 'cancelled') throw new ConflictError('工单已取消，无法重新执行！');
    return { status: 200, body: { jobUuid: brief.uuid, calls: again.calls, pages: again.pages } };
  },
});

/** POST /dts-auto-brief/zip */
export const remakeFiles = route({
  summary: 'Make the files of a brief, or of one of its stages, anew from what is stored.',
  description: 'Nothing is crawled; the same rows give the same bytes.',
  permission: 'own',
  body: briefOrStage,
  bodyOrQuery: true,
  answers: { 200: remade },
  handle: async ({ body, caller }, ports: BriefsApiPorts) => {
    const { part } = await ownPart(body, caller, ports);
    const stages = await ports.briefs.exportAgain(part);
    if (stages.length === 0) throw new ConflictError('报告正在生成中');
    return { status: 200, body: { stageUuids: stages } };
  },
});

/** What a brief asks for. Throws BriefRefusedError for the first thing wrong. */
function askedFor({
  job_name = '',
  job_desc,
}: {
  readonly job_name?: string | undefined;
  readonly job_desc?: unknown;
}) {
  const name = storableText(job_name);
  // Read as it will be stored: what no database holds would be another keyword there.
  const description = storableJson(typeof job_desc === 'string' ? inText(job_desc) : job_desc);
  return { name, orders: readJobContent(name, description), jobContent: description };
}

/** The JSON in a text; `undefined` where there is none. Throws InvalidInputError for half characters in it. */
function inText(text: string): unknown {
  const value = readJson(text)?.value;
  if (placeOfNoText(value, text)) throw new InvalidInputError({ json: { job_desc: [notText] } });
  return value;
}
