import { asError } from '#kit/telemetry.ts';
import { type FileSizes, type MakeFilesPorts, makeFiles, type StageContent } from './make-files.ts';

/** Files that were asked for and are not made yet. */
export interface WantedFiles {
  readonly askedAt: Date;
  /** With this one. */
  readonly attempts: number;
}

/** The files, or why there are none. */
export type MadeFiles = { readonly files: FileSizes } | { readonly failed: string };

export interface ExportStagePorts extends Pick<MakeFilesPorts, 'counts' | 'keep'> {
  /** Begins an attempt; `undefined` when the files are no longer wanted. */
  readonly begin: (stage: string) => Promise<WantedFiles | undefined>;
  /** Shows the stage as it stands at one moment; `undefined` when it is gone. */
  readonly read: (stage: string, work: (content: StageContent) => Promise<FileSizes>) => Promise<FileSizes | undefined>;
  /** Writes down how it went, and ends what ends with it. */
  readonly end: (stage: string, wanted: WantedFiles, made: MadeFiles) => Promise<void>;
  /** Writes the mail about the stage's brief when that has ended and no mail has told so. */
  readonly tell: (stage: string) => Promise<void>;
  /** Lends an empty folder. */
  readonly inFolder: <R>(work: (folder: string) => Promise<R>) => Promise<R>;
}

// As many as the queue hands a message out: afterwards the stage ends without files, and says so.
const mostAttempts = 5;

/** Makes the files of a stage once they are wanted. Asked twice it makes them once; both see to it that the mail goes. */
export async function exportStage({ stage_uuid: stage }: { readonly stage_uuid: string }, ports: ExportStagePorts) {
  const { begin, read, end, tell, inFolder, counts, keep } = ports;
  const wanted = await begin(stage);
  if (wanted) {
    try {
      // Attempts without an end were killed: by their time, or for their memory.
      if (wanted.attempts > mostAttempts) throw new Error(`${mostAttempts} attempts did not come to an end`);
      const files = await inFolder((folder) => read(stage, (content) => makeFiles(content, { folder, counts, keep })));
      if (files) await end(stage, wanted, { files });
    } catch (error) {
      if (wanted.attempts < mostAttempts) throw error;
      await end(stage, wanted, { failed: asError(error).message });
      await tell(stage);
      throw error;
    }
  }
  await tell(stage);
}
