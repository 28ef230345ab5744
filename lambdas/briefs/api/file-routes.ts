import * as z from 'zod';
import { route } from '#kit/api/route.ts';
import { ConflictError, NotFoundError } from '#kit/errors.ts';
import { signedStage } from './access.ts';
import { imageKey, zipKey } from './files.ts';
import { fileQuery, imageQuery } from './parameters.ts';
import type { BriefsApiPorts } from './ports.ts';

/** GET /dts-auto-brief/download */
export const downloadZip = route({
  summary: 'The zip of a stage.',
  permission: 'link',
  query: fileQuery,
  answers: {
    302: z
      .literal('')
      .meta({ description: 'Location is an address of the zip, good for an hour.', contentTypes: ['text/plain'] }),
  },
  handle: async ({ query }, ports: BriefsApiPorts) => {
    const { uuid, name, export_state, ended_at } = await signedStage(query.stage_uuid, ports);
    const key = zipKey(uuid);
    if (await ports.files.exists(key)) {
      const location = await ports.files.address(key, `${name}.zip`);
      const headers = { location, 'cache-control': 'no-store', 'content-type': 'text/plain' };
      return { status: 302, headers, body: '' };
    }
    if (ended_at !== null && export_state === 'made') throw new NotFoundError('The files are no longer kept.');
    throw new ConflictError('报告正在生成中');
  },
});

/** GET /dts-auto-brief/img */
export const showImage = route({
  summary: 'A word cloud of one platform of a stage.',
  permission: 'link',
  query: imageQuery,
  answers: { 200: z.string().meta({ contentTypes: ['image/png'], format: 'binary' }) },
  handle: async ({ query: { stage_uuid, platform, img_type } }, ports: BriefsApiPorts) => {
    const { uuid } = await signedStage(stage_uuid, ports);
    const bytes = await ports.files.read(imageKey(uuid, platform ?? 'weixin', img_type ?? 'content'));
    return {
      status: 200,
      headers: { 'content-type': 'image/png', 'cache-control': 'private, max-age=3600' },
      body: bytes,
    };
  },
});
