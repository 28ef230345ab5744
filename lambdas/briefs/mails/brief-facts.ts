import type { PlatformName } from '../platforms/names.ts';

/** What a mail tells of a brief. */
export interface BriefFacts {
  readonly uuid: string;
  readonly code: string;
  readonly name: string;
  readonly remarks: string;
  readonly owner: string;
  readonly createUserName: string;
  readonly state: string;
  readonly reason: string | null;
  readonly cancelReason: string | null;
  readonly articleLimit: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly stages: readonly StageFacts[];
}

export interface StageFacts {
  readonly uuid: string;
  readonly name: string;
  readonly state: string;
  readonly platforms: readonly PlatformName[];
  readonly keywords: readonly string[];
  readonly limit: number;
  readonly fromDay: string;
  readonly toDay: string;
  readonly hasFiles: boolean;
  /** Stored articles by platform. */
  readonly articles: Readonly<Partial<Record<PlatformName, number>>>;
  /** What has not come whole. */
  readonly missing: readonly {
    readonly platform: PlatformName;
    /** Nothing for further calls: users and notes of which nothing more is known. */
    readonly keyword: string | null;
    readonly state: string;
    readonly reason: string | null;
  }[];
}
