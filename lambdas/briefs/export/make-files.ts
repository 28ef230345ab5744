import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { segmentMany } from '#language/names.ts';
import { platformNamed } from '../platforms/index.ts';
import type { PlatformName } from '../platforms/names.ts';
import { StageAnalysis } from './analysis.ts';
import { cloudOf, cloudSizes } from './cloud/cloud.ts';
import { type ArticleRow, columns } from './columns.ts';
import { type SourceLine, type SourceRow, sourceColumns } from './sources.ts';
import type { StoredArticle } from './stored-article.ts';
import { contentText } from './words/content-text.ts';
import { keyWordsOf } from './words/content-words.ts';
import { analysisWorkbook } from './workbook/analysis-workbook.ts';
import { archived } from './workbook/archive.ts';
import { writeWorkbook } from './workbook/workbook.ts';

/** What a stage has, as it stands at one moment. */
export interface StageContent {
  readonly uuid: string;
  readonly platforms: readonly PlatformName[];
  readonly sources: readonly SourceRow[];
  /** Newest first, in batches. */
  readonly articles: (platform: PlatformName) => AsyncIterable<readonly StoredArticle[]>;
}

export interface MakeFilesPorts {
  /** A folder of this machine for what is too large for its memory; it is empty, and the lender removes it. */
  readonly folder: string;
  /** Whether a word of a text is counted. */
  readonly counts: (word: string) => boolean;
  /** Keeps a file under its key. */
  readonly keep: (key: string, bytes: AsyncIterable<Uint8Array>, contentType: string) => Promise<void>;
}

/** Files that were made, by their keys, in bytes. */
export type FileSizes = Readonly<Record<string, number>>;

const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Makes all files of a stage. The same content gives the same bytes. */
export async function makeFiles(stage: StageContent, ports: MakeFilesPorts): Promise<FileSizes> {
  const sizes: Record<string, number> = {};
  const keep: Keep = (key, bytes, type) =>
    ports.keep(
      key,
      counted(bytes, (all) => (sizes[key] = all)),
      type,
    );
  const prefix = `briefs/${stage.uuid}`;
  const analysis = new StageAnalysis();
  const articles = await articleFile(stage, analysis, ports);
  const files = [articles, ...(await analysisFiles(stage, analysis, ports))];
  for (const { name, bytes, type } of files) await keep(`${prefix}/${name}`, bytes(), type);
  for (const platform of stage.platforms)
    for (const { name, bytes, type } of await pictures(analysis, ports, platform))
      await keep(`${prefix}/${name}`, bytes(), type);
  await archived(
    // All four are compressed already.
    1,
    async (archive) => {
      for (const { name, bytes } of files) await archive.add(`${stage.uuid}/${name}`, bytes());
    },
    (bytes) => keep(`${prefix}.zip`, bytes, 'application/zip'),
  );
  return sizes;
}

type Keep = MakeFilesPorts['keep'];

interface MadeFile {
  readonly name: string;
  readonly type: string;
  /** From the beginning, each time. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** keyword.xlsx, which may be large: it lies in the folder. */
async function articleFile(
  stage: StageContent,
  analysis: StageAnalysis,
  { folder, counts }: MakeFilesPorts,
): Promise<MadeFile> {
  const file = path.join(folder, 'keyword.xlsx');
  await writeWorkbook(
    async (workbook) => {
      for (const platform of stage.platforms) {
        const rows = analysedRows(stage.articles(platform), { platform, analysis, counts });
        await workbook.sheet(platformNamed(platform).title, columns[platform], rows);
      }
      await workbook.sheet('来源', sourceColumns, [sourceLines(stage, analysis)]);
    },
    (bytes) => pipeline(bytes, createWriteStream(file)),
  );
  return { name: 'keyword.xlsx', type: workbookType, bytes: () => createReadStream(file) };
}

async function analysisFiles(
  stage: StageContent,
  analysis: StageAnalysis,
  ports: MakeFilesPorts,
): Promise<readonly MadeFile[]> {
  const workbook = await analysisWorkbook(analysis, stage.platforms);
  return [
    { name: 'keyword_analysis.xlsx', type: workbookType, bytes: () => once(workbook) },
    ...(await pictures(analysis, ports)),
  ];
}

/** The clouds of words and of topics: of the whole stage, or of one platform's articles. */
async function pictures(
  analysis: StageAnalysis,
  { counts }: MakeFilesPorts,
  platform?: PlatformName,
): Promise<readonly MadeFile[]> {
  const size = platform === undefined ? cloudSizes.stage : cloudSizes.platform;
  // A topic of stop words, or of one sign, says as little as a word does; long ones are sentences.
  const topics = analysis
    .topTags(Number.POSITIVE_INFINITY, platform)
    .filter(({ word }) => word.length > 50 || counts(word));
  const content = await cloudOf(analysis.topWords(size.words, platform), size);
  const topic = await cloudOf(topics.slice(0, size.words), size);
  const nameOf = (kind: string) => (platform === undefined ? `${kind}_wc.png` : `${platform}_${kind}.png`);
  return [
    { name: nameOf('content'), type: 'image/png', bytes: () => once(content) },
    { name: nameOf('topic'), type: 'image/png', bytes: () => once(topic) },
  ];
}

/** The rows of a platform's sheet; what the analysis wants of them it gets on the way. */
async function* analysedRows(
  batches: AsyncIterable<readonly StoredArticle[]>,
  { platform, analysis, counts }: { platform: PlatformName; analysis: StageAnalysis; counts: MakeFilesPorts['counts'] },
): AsyncGenerator<readonly ArticleRow[]> {
  const isNote = platform === 'redbook';
  for await (const articles of batches) {
    const words = segmentMany(articles.map(contentText));
    yield articles.map((article, index) => {
      const telling = (words[index] ?? []).filter(counts);
      analysis.add(platform, article, telling);
      return { ...article, keyWords: isNote ? keyWordsOf(telling) : [] };
    });
  }
}

function sourceLines({ sources }: StageContent, { articles }: StageAnalysis): readonly SourceLine[] {
  return articles === 0 ? [...sources, { note: '本阶段没有采到文章：原因见以上各行' }] : sources;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The same bytes, and how many they were. */
async function* counted(bytes: AsyncIterable<Uint8Array>, tell: (all: number) => void): AsyncGenerator<Uint8Array> {
  let all = 0;
  for await (const chunk of bytes) {
    all += chunk.length;
    yield chunk;
  }
  tell(all);
}
