import { unzipSync } from 'fflate';
import { readXlsx } from 'hucre/xlsx';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ExportStagePorts, exportStage } from '../../../../lambdas/briefs/export/export-stage.ts';
import { platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import { exportAgain } from '../../../../lambdas/briefs/stores/again-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { exportParts } from './export-parts.ts';
import { sampleArticles, storeSampleStage } from './sample-stage.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

beforeEach(async () => {
  await sql`TRUNCATE briefs.briefs, briefs.day_codes, briefs.platforms, briefs.articles, briefs.calls, briefs.removals CASCADE`.execute(
    database.admin.query,
  );
});

test('a stage gets its four files, their zip and a pair of pictures for each platform; it ends, and its brief with it', async () => {
  const { brief, stage } = await storeSampleStage(database.app, {
    platforms: platformNames,
    keywords: ['护肤'],
    articles: (platform) => sampleArticles(platform, 20),
  });
  const { ports, files, mails } = exportParts(database);

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

test('the same rows give the same bytes, however often they are asked for', async () => {
  const { stage } = await storeSampleStage(database.app, {
    platforms: ['redbook', 'douyin'],
    keywords: ['护肤', '面霜'],
    articles: (platform) => sampleArticles(platform, 30),
  });
  const { ports, files } = exportParts(database);
  await exportStage({ stage_uuid: stage }, ports);
  const first = new Map(files);
  await exportAgain(database.app, { stage });
  await exportStage({ stage_uuid: stage }, ports);

  expect([...files].filter(([key, file]) => !first.get(key)?.equals(file))).toEqual([]);
  const zip = unzipSync(files.get(`briefs/${stage}.zip`) ?? Buffer.of());
  const names = ['keyword.xlsx', 'keyword_analysis.xlsx', 'content_wc.png', 'topic_wc.png'];
  expect(Object.keys(zip)).toEqual(names.map((name) => `${stage}/${name}`));
  for (const name of names)
    expect(Buffer.from(zip[`${stage}/${name}`] ?? []).equals(files.get(`briefs/${stage}/${name}`) ?? Buffer.of())).toBe(
      true,
    );
});

test('a message that comes twice makes the files once, and the mail has one id', async () => {
  const { stage } = await storeSampleStage(database.app, {
    platforms: ['weibo'],
    keywords: ['护肤'],
    articles: (platform) => sampleArticles(platform, 5),
  });
  const kept: string[] = [];
  const { ports, mails } = exportParts(database);
  const counting: ExportStagePorts = {
    ...ports,
    keep: (key, ...file) => {
      kept.push(key);
      return ports.keep(key, ...file);
    },
  };
  await exportStage({ stage_uuid: stage }, counting);
  await exportStage({ stage_uuid: stage }, counting);

  expect(kept.length).toBe(7);
  expect(mails.length).toBe(1);
});

test('who died before the mail was in its queue leaves it to the next message', async () => {
  const { stage } = await storeSampleStage(database.app, {
    platforms: ['weibo'],
    keywords: ['无'],
    articles: () => [],
  });
  const dying = exportParts(database, {
    tell: async () => {
      throw new Error('the queue is away');
    },
  });
  await expect(exportStage({ stage_uuid: stage }, dying.ports)).rejects.toThrow('the queue is away');
  const { ports, mails, files } = exportParts(database);
  await exportStage({ stage_uuid: stage }, ports);

  expect(files.size).toBe(0);
  expect(mails.length).toBe(1);
});

test('who asks again while files are made gets new ones', async () => {
  const { stage } = await storeSampleStage(database.app, {
    platforms: ['weibo'],
    keywords: ['无'],
    articles: () => [],
  });
  const { ports } = exportParts(database);
  let asked = false;
  const askedBetween: ExportStagePorts = {
    ...ports,
    end: async (...how) => {
      if (!asked)
        await sql`UPDATE briefs.stages SET export_asked_at = now() + interval '1 s'`.execute(database.app.query);
      asked = true;
      return ports.end(...how);
    },
  };
  const state = async () => {
    const { rows } = await sql<{ export_state: string }>`SELECT export_state FROM briefs.stages`.execute(
      database.app.query,
    );
    return rows[0]?.export_state;
  };

  await exportStage({ stage_uuid: stage }, askedBetween);
  expect(await state()).toBe('wanted');
  await exportStage({ stage_uuid: stage }, askedBetween);
  expect(await state()).toBe('made');
});

test('a stage whose files can not be made ends all the same, and says so', async () => {
  const { stage } = await storeSampleStage(database.app, {
    platforms: ['weibo'],
    keywords: ['护肤'],
    articles: (platform) => sampleArticles(platform, 5),
  });
  const { ports, mails } = exportParts(database, {
    keep: async () => {
      throw new Error('no room in the bucket');
    },
  });
  for (let attempt = 1; attempt <= 5; attempt += 1)
    await expect(exportStage({ stage_uuid: stage }, ports)).rejects.toThrow('no room in the bucket');

  const { rows } = await sql`
    SELECT stage.state, export_state, brief.state AS brief, stage.reason FROM briefs.stages AS stage
    JOIN briefs.briefs AS brief ON brief.uuid = brief_uuid`.execute(database.app.query);
  expect(rows).toEqual([
    {
      state: 'partial',
      export_state: 'failed',
      brief: 'partial',
      reason: expect.stringContaining('no room in the bucket'),
    },
  ]);
  expect(mails.map(({ text }) => text)).toEqual([expect.stringContaining('没有文件')]);
});

test('files of a brief that is deleted while they are made are removed with it', async () => {
  const { stage } = await storeSampleStage(database.app, {
    platforms: ['weibo'],
    keywords: ['无'],
    articles: () => [],
  });
  const { ports } = exportParts(database);
  const deleting: ExportStagePorts = {
    ...ports,
    end: async (...how) => {
      await sql`DELETE FROM briefs.briefs`.execute(database.app.query);
      return ports.end(...how);
    },
  };

  await exportStage({ stage_uuid: stage }, deleting);

  const { rows } = await sql`SELECT prefix FROM briefs.removals ORDER BY prefix`.execute(database.app.query);
  expect(rows).toEqual([{ prefix: `briefs/${stage}.zip` }, { prefix: `briefs/${stage}/` }]);
});

test('a stage that was deleted is nobody’s business', async () => {
  const { ports, files, mails } = exportParts(database);
  await exportStage({ stage_uuid: '00000000-0000-4000-8000-000000000000' }, ports);

  expect([files.size, mails.length]).toEqual([0, 0]);
});
