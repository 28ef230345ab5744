import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const folders = (process.env.PATH ?? '').split(path.delimiter);

/** A Chromium of this machine; `undefined` where there is none. */
export const browserPath = [
  process.env.CHROME_PATH,
  ...folders.flatMap((folder) => names.map((name) => path.join(folder, name))),
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((file) => file !== undefined && file !== '' && existsSync(file));

/** Starts it; in containers its own sandbox has no right to start. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ ...(browserPath ? { executablePath: browserPath } : {}), args: ['--no-sandbox'] });
}
