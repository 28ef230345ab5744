import { readXlsx } from 'hucre/xlsx';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ExportStagePorts, exportStage } from '../../../../lambdas/briefs/export/export-stage.ts';
import { exportStore } from '../../../../lambdas/briefs/export/export-store.ts';
import { inFolder } from '../../../../lambdas/briefs/export/in-folder.ts';
import { wordFilter } from '../../../../lambdas/briefs/export/words/content-words.ts';
import type { BriefMail } from '../../../../lambdas/briefs/mails/brief-mail.ts';
import { mailStore } from '../../../../lambdas/briefs/mails/mail-store.ts';
import { tellEnd } from '../../../../lambdas/briefs/mails/tell-end.ts';
import { platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { sampleArticles, storeSampleStage } from './sample-stage.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

beforeEach(async () => {
  await sql`TRUNCATE briefs.briefs, briefs.day_codes, briefs.platforms, briefs.articles, briefs.calls CASCADE`.execute(
    database.admin.query,
  );
});

/** What exporting needs, with a bucket and a mail queue that keep everything in memory. */
function parts(over: Partial<ExportStagePorts> = {}) {
  const files = new Map<string, Buffer>();
  const mails: BriefMail[] = [];
  const links = { key: async () => 'k'.repeat(32), api: 'https://api.example/', days: 180 };
  const send = async (mail: BriefMail) => void mails.push(mail);
  const ports: ExportStagePorts = {
    ...exportStore(database.app),
    counts: wordFilter([]),
    keep: async (key, bytes) => void files.set(key, Buffer.concat(await Array.fromAsync(bytes))),
    tell: (stage) => tellEnd(stage, { ...mailStore(database.app), send, links, clock: () => new Date() }),
    inFolder,
    ...over,
  };
  return { ports, files, mails };
}

test('a stage gets its four files, their zip and a pair of pictures for each platform; it ends, and its brief with it', async () => {
  const { brief, stage } = await storeSampleStage(database.app, {
    platforms: platformNames,
    keywords: ['护肤'],
    articles: (platform) => sampleArticles(platform, 20),
  });
  const { ports, files, mails } = parts();

  await exportStage({ stage_uuid: stage }, ports);

  const pictures = platformNames.flatMap((name) => [`${name}_content.png`, `${name}_topic.png`]);
  const names = ['keyword.xlsx', 'keyword_analysis.xlsx', 'content_wc.png', 'topic_wc.png', ...pictures];
  expect([...files.keys()].sort()).toEqual(
    [...names.map((name) => `briefs/${stage}/${name}`), `briefs/${stage}.zip`].sort(),
  );
  const { sheets } = await readXlsx(files.get(`briefs/${stage}/keyword.xlsx`) ?? Buffer.of());
  expect(sheets.map(({ name, rows }) => [name, rows.length])).toEqual([
    ...['微信', '微博', '小红书', 'B站', '抖音'].map((name) => [name, 21]),
    ['来源', 6],
  ]);
  const { rows } = await sql`
    SELECT stage.state, export_state, brief.state AS brief_state, files FROM briefs.stages AS stage
    JOIN briefs.briefs AS brief ON brief.uuid = brief_uuid`.execute(database.app.query);
  const sizes = Object.fromEntries([...files].map(([key, file]) => [key, file.length]));
  expect(rows).toEqual([{ state: 'finished', export_state: 'made', brief_state: 'finished', files: sizes }]);
  expect(mails.map(({ id, subject }) => [id.startsWith(`briefs-${brief}-ended-`), subject])).toEqual([
    [true, expect.stringMatching(/^工单 \d{11} 已完成：秋季（微信、微博、小红书、B站、抖音）$/)],
  ]);
});
