import type { PageDocument } from '../dom.ts';
import { rawText } from '../raw-text.ts';
import { hostOf, type Site } from './site.ts';

/** Of a picture post, whose text stands in a script alone. */
const pictureText = /\bcontent_noencode\s*:\s*'((?:[^'\\\n]|\\.)*)'/;

/** Articles of WeChat's public accounts: `#js_content` is hidden until a script shows it. */
export const wechat: Site = {
  owns: (url, document) =>
    hostOf(url) === 'mp.weixin.qq.com' || document.querySelector('#js_content.rich_media_content') !== null,
  read(document) {
    const text = rawText(document.querySelector('#js_content')?.innerHTML ?? '') || pictureTextOf(document);
    const named = document.querySelector('#activity-name')?.textContent?.trim();
    return { title: named || metaOf(document, 'og:title') || document.title.trim(), text };
  },
};

function pictureTextOf(document: PageDocument): string {
  for (const { textContent } of document.querySelectorAll('script')) {
    const [, found] = pictureText.exec(textContent ?? '') ?? [];
    if (found) return rawText(unescaped(found));
  }
  return '';
}

/** A string of JavaScript as WeChat writes it: `\x0a` and `\'`. */
function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/gi, (_all, byte, unit, other) => {
    if (other !== undefined) return other === 'n' ? '\n' : other;
    return String.fromCharCode(Number.parseInt(byte ?? unit, 16));
  });
}

function metaOf(document: PageDocument, property: string): string {
  return document.querySelector(`meta[property="${property}"]`)?.getAttribute('content')?.trim() ?? '';
}
