/** What Athena would answer instead. */
export class AthenaError extends Error {
  override readonly name = 'AthenaError';
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}
