import type { Route } from '#kit/api/route.ts';
import type { briefsRoutes } from '../contract.ts';
import { downloadZip, showImage } from './file-routes.ts';
import { cancelBrief, changeBrief, deleteBrief, remakeFiles, runBriefAgain, submitBrief } from './job-routes.ts';
import { listAccounts, listArticles } from './list-routes.ts';
import { listPlatforms, pausePlatform, probePlatform, resumePlatform } from './platform-routes.ts';
import type { BriefsApiPorts } from './ports.ts';
import { searchBriefs, showProgress, viewBrief } from './view-routes.ts';

/** Served by `briefs/api`. */
export const briefsApiRoutes = {
  'POST /dts-auto-brief/job/submit': submitBrief,
  'POST /dts-auto-brief/job/view': viewBrief,
  'POST /dts-auto-brief/job/search': searchBriefs,
  'POST /dts-auto-brief/job/view_article_list': listArticles,
  'POST /dts-auto-brief/job/view_account_list': listAccounts,
  'POST /dts-auto-brief/job/cancel': cancelBrief,
  'POST /dts-auto-brief/job/change': changeBrief,
  'POST /dts-auto-brief/job/spider_progress': showProgress,
  'POST /dts-auto-brief/job/run_again': runBriefAgain,
  'POST /dts-auto-brief/job/delete': deleteBrief,
  'GET /dts-auto-brief/download': downloadZip,
  'GET /dts-auto-brief/img': showImage,
  'POST /dts-auto-brief/zip': remakeFiles,
  'GET /briefs/platforms': listPlatforms,
  'POST /briefs/platforms/{name}/probe': probePlatform,
  'POST /briefs/platforms/{name}/pause': pausePlatform,
  'POST /briefs/platforms/{name}/resume': resumePlatform,
} satisfies Record<(typeof briefsRoutes)[number], Route<BriefsApiPorts>>;
