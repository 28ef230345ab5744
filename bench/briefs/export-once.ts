import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { inFolder } from '../../lambdas/briefs/export/in-folder.ts';
import { makeFiles, type StageContent } from '../../lambdas/briefs/export/make-files.ts';
import type { StoredArticle } from '../../lambdas/briefs/export/stored-article.ts';
import { wordFilter } from '../../lambdas/briefs/export/words/content-words.ts';
import { type PlatformName, platformNames } from '../../lambdas/briefs/platforms/names.ts';

/**
 * One export in a process of its own: `node export-once.ts <folder with {platform}.jsonl> <times>`. Prints, for each time,
 * seconds by the clock and of the processor, and at the end the most memory that the process ever had.
 */
const [folder = '.', times = '1'] = process.argv.slice(2);

async function* articlesOf(platform: PlatformName): AsyncGenerator<readonly StoredArticle[]> {
  const lines = createInterface({ input: createReadStream(path.join(folder, `${platform}.jsonl`)) });
  let batch: StoredArticle[] = [];
  for await (const line of lines) {
    const { post_time, ...article } = JSON.parse(line) as StoredArticle;
    batch.push({ ...article, post_time: new Date(post_time) });
    if (batch.length === 500) {
      yield batch;
      batch = [];
    }
  }
  yield batch;
}

const stage: StageContent = {
  uuid: '00000000-0000-4000-8000-000000000000',
  platforms: platformNames,
  sources: [],
  articles: articlesOf,
};

const took: { readonly wall: number; readonly processor: number }[] = [];
for (let time = 0; time < Number(times); time += 1) {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await inFolder(async (own) => {
    const keep = (key: string, bytes: AsyncIterable<Uint8Array>) =>
      pipeline(bytes, createWriteStream(path.join(folder, key.replaceAll('/', '-'))));
    await makeFiles(stage, { folder: own, counts: wordFilter([]), keep });
  });
  const { user, system } = process.cpuUsage(used);
  took.push({ wall: (performance.now() - began) / 1000, processor: (user + system) / 1e6 });
}
process.stdout.write(`${JSON.stringify({ took, megabytes: process.resourceUsage().maxRSS / 1024 })}\n`);
