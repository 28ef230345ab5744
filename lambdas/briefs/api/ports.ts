import type { Link } from '#kit/api/link.ts';
import type { Clock } from '#kit/clock.ts';
import type { AllPlatformSettings } from '../collect/settings.ts';
import type { BriefBook } from '../lists/brief-book-queue.ts';

/** What every route of the briefs works with. */
export interface BriefsApiPorts {
  readonly settings: AllPlatformSettings;
  readonly briefs: BriefBook;
  readonly files: BriefFiles;
  /** Path and query of an address that is good without a credential. */
  readonly sign: (link: Link) => Promise<string>;
  /** Where callers find this API, as the environment says it; '' where it doesn't. */
  readonly address: string;
  /** How long files are kept, and links to them are good. */
  readonly keepDays: number;
  readonly clock: Clock;
}

/** What was made of stages, in the bucket. */
export interface BriefFiles {
  /** Keys that begin so. */
  readonly list: (prefix: string) => AsyncIterable<string>;
  readonly exists: (key: string) => Promise<boolean>;
  /** Throws NotFoundError. */
  readonly read: (key: string) => Promise<Uint8Array>;
  /** An address under which it is saved as a file of this name. */
  readonly address: (key: string, name: string) => Promise<string>;
}
