/** A broker that tests can end and start again. */
export interface BrokerUnderTest {
  /** host:port */
  readonly brokers: string;
  /** Ends it by this signal and starts it on what it has on disk, at the same address. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  stop(): Promise<void>;
}
