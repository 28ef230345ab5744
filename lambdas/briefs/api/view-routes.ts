import { pageCount } from '#kit/api/paging.ts';
import { isGiven } from '#kit/api/permission.ts';
import { route } from '#kit/api/route.ts';
import type { ListedBrief } from '../lists/brief-list-store.ts';
import type { BriefHead, StageHead, StageSums } from '../lists/brief-view-store.ts';
import { platformNamed, platforms } from '../platforms/index.ts';
import type { PlatformName } from '../platforms/names.ts';
import { statesNumbered, stateTexts } from '../work/states.ts';
import { isOwn, ownBrief } from './access.ts';
import { found, progress, viewed } from './answers.ts';
import { type ImageKind, imageKey, linksOf } from './files.ts';
import { briefId, briefSearch } from './parameters.ts';
import type { BriefFiles, BriefsApiPorts } from './ports.ts';
import { shownProgress } from './progress.ts';
import { dotted, moment, shanghaiTime, shownSums } from './shown.ts';

/** POST /dts-auto-brief/job/search */
export const searchBriefs = route({
  summary: 'Briefs, the newest first; of those of others id, name, owner, state and times.',
  description: 'Of page_offset and page_size the first is how long a page is, the second its number.',
  permission: 'own',
  body: briefSearch,
  bodyOrQuery: true,
  answers: { 200: found },
  handle: async ({ body: { page, statuses, platforms: codes, ...names }, caller }, { briefs }: BriefsApiPorts) => {
    const reader = isGiven(caller, 'admin') ? undefined : caller.name;
    const filter = { ...names, states: statuses?.flatMap(statesNumbered), platforms: codes?.flatMap(named), reader };
    const listed = await briefs.list(filter, page);
    const jobList = listed.data.map((brief) => shownBrief(brief, isOwn(brief, caller)));
    return { status: 200, body: { jobList, totalItems: listed.total, totalPages: pageCount(listed, page) } };
  },
});

function named(code: number): readonly PlatformName[] {
  return platforms.filter((platform) => platform.code === code).map(({ name }) => name);
}

function shownBrief(brief: ListedBrief, own: boolean) {
  return {
    jobUuid: brief.uuid,
    jobCode: own ? brief.code : null,
    jobPlatforms: own ? titlesOf(brief.platforms).join('、') : null,
    jobName: brief.name,
    jobLimitNum: own ? brief.article_limit : null,
    jobStartTime: own ? dotted(brief.from_day) : null,
    jobEndTime: own ? dotted(brief.to_day) : null,
    jobStatus: stateTexts[brief.state],
    state: brief.state,
    cancelReason: own ? brief.cancel_reason : null,
    remarks: own ? brief.remarks : null,
    CreateUserName: brief.create_user_name,
    CreateTime: shanghaiTime(brief.created_at),
  };
}

/** In the order of their codes. */
function titlesOf(names: readonly PlatformName[]): readonly string[] {
  return platforms.filter(({ name }) => names.includes(name)).map(({ title }) => title);
}

/** POST /dts-auto-brief/job/view */
export const viewBrief = route({
  summary: 'A brief with its stages, their sums and files.',
  permission: 'own',
  body: briefId,
  bodyOrQuery: true,
  answers: { 200: viewed },
  handle: async ({ body, caller, event }, ports: BriefsApiPorts) => {
    const brief = await ownBrief(body.job_uuid, caller, ports);
    const stages = await ports.briefs.stages(brief.uuid);
    const sums = await ports.briefs.sums(stages.map(({ uuid }) => uuid));
    const shown = stages.map(async (stage) => {
      const there = await imagesOf(stage, ports.files);
      const links = linksOf(stage, event, ports);
      const image = (platform: PlatformName, kind: ImageKind) =>
        there.has(imageKey(stage.uuid, platform, kind)) ? links.image(platform, kind) : '';
      const downloadUrl = stage.state === 'cancelled' && stage.exported_at === null ? '' : await links.download();
      return { ...shownStage(stage, brief), downloadUrl, data_list: await dataOf(stage, sums, image) };
    });
    return { status: 200, body: { ...shownHead(brief), data: await Promise.all(shown) } };
  },
});

function shownHead({ uuid, code, name, state, reason, started_at, ended_at }: BriefHead) {
  return {
    jobUuid: uuid,
    jobCode: code,
    jobName: name,
    jobStatus: stateTexts[state],
    state,
    reason,
    startedAt: moment(started_at),
    endedAt: moment(ended_at),
  };
}

function shownStage(stage: StageHead, { remarks }: BriefHead) {
  return {
    stageName: stage.name,
    stageUuid: stage.uuid,
    stageStatus: stateTexts[stage.state],
    stageState: stage.state,
    reason: stage.reason,
    remarks,
    platforms: stage.platforms.map((name) => platformNamed(name).title).join('; '),
    stageRunTime: `${stage.from_day}~${stage.to_day}`,
    keywords: stage.keywords.join('、'),
    limitNum: stage.article_limit,
    startedAt: moment(stage.started_at),
    endedAt: moment(stage.ended_at),
  };
}

/** The pictures that there are; none are looked for before the stage's files were made. */
async function imagesOf({ uuid, exported_at }: StageHead, files: BriefFiles): Promise<ReadonlySet<string>> {
  if (exported_at === null) return new Set();
  return new Set(await Array.fromAsync(files.list(`briefs/${uuid}/`)));
}

function dataOf(
  { uuid, platforms: names }: StageHead,
  sums: readonly StageSums[],
  image: (platform: PlatformName, kind: ImageKind) => Promise<string> | string,
) {
  return Promise.all(
    names.map(async (name) => ({
      ...shownSums(
        name,
        sums.find(({ stage, platform }) => stage === uuid && platform === name),
      ),
      platform: platformNamed(name).code,
      content_img_url: await image(name, 'content'),
      topic_img_url: await image(name, 'topic'),
    })),
  );
}

/** POST /dts-auto-brief/job/spider_progress */
export const showProgress = route({
  summary: 'How far a brief is, by platform and keyword.',
  permission: 'own',
  body: briefId,
  bodyOrQuery: true,
  answers: { 200: progress },
  handle: async ({ body, caller }, ports: BriefsApiPorts) => {
    const brief = await ownBrief(body.job_uuid, caller, ports);
    const tasks = await ports.briefs.progress(brief.uuid);
    const before = brief.state === 'queued' ? await ports.briefs.before(brief.uuid) : 0;
    return { status: 200, body: shownProgress(brief, tasks, { before, settings: ports.settings, now: ports.clock() }) };
  },
});
