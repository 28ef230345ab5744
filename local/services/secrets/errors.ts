/** What Secrets Manager would answer instead. */
export class SecretsError extends Error {
  override readonly name = 'SecretsError';
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}
