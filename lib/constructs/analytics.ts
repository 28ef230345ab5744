import { Aws, Size, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { allowObjects } from '../permissions/bucket-access.ts';
import type { HandlerFunction } from './handler-function.ts';
import { environmentOf } from './millrace-stack.ts';

export interface AnalyticsProps {
  /** Where the tables' objects are, and answers for a day. */
  readonly bucket: Bucket;
}

export interface TableProps {
  /** In words that SQL needs no quotes for. */
  readonly name: string;
  /** Where its Parquet files are: `recommender/behaviors`. */
  readonly prefix: string;
  /** Column -> type of Glue's. */
  readonly columns: Readonly<Record<string, string>>;
  /** Folders `name=value`, in their order, and how their values are known: see {@link Partition}. */
  readonly partitions: Readonly<Record<string, Partition>>;
}

/**
 * `injected`: a question has to say the value, so that none goes over all of them. `day`: every day of a range is one, so
 * that nobody has to add partitions.
 */
export type Partition = 'injected' | { readonly firstDay: string };

/** Tables that no question may be asked of for more than this: 10 GB cost 5 cents. */
const mostRead = Size.gibibytes(10);

const results = 'platform/analytics';

/** Parquet in the bucket, asked with SQL by Athena: a database of tables, and a work group that bounds each question. */
export class Analytics extends Construct {
  readonly databaseName: string;
  readonly workGroupName: string;
  readonly #bucket: Bucket;
  readonly #database: CfnDatabase;
  readonly #prefixes = new Map<string, string>();

  constructor(scope: Construct, id: string, { bucket }: AnalyticsProps) {
    super(scope, id);
    const { name } = environmentOf(this);
    this.#bucket = bucket;
    this.databaseName = `millrace_${name}`;
    this.workGroupName = `millrace-${name}`;
    this.#database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: this.databaseName },
    });
    new CfnWorkGroup(this, 'WorkGroup', {
      name: this.workGroupName,
      description: 'Questions of Millrace to its own tables',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        bytesScannedCutoffPerQuery: mostRead.toBytes(),
        publishCloudWatchMetricsEnabled: true,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/${results}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
  }

  /** Adds a table; its partitions are worked out from the question, and never listed. */
  table(id: string, { name, prefix, columns, partitions }: TableProps): void {
    const location = `s3://${this.#bucket.bucketName}/${prefix}/`;
    const keys = Object.entries(partitions);
    const folders = keys.map(([key]) => `${key}=\${${key}}`).join('/');
    const table = new CfnTable(this, id, {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: this.databaseName,
      tableInput: {
        name,
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: keys.map(([key]) => ({ name: key, type: 'string' })),
        parameters: {
          classification: 'parquet',
          ...(keys.length === 0
            ? {}
            : { 'projection.enabled': 'true', 'storage.location.template': location + folders }),
          ...Object.assign({}, ...keys.map(([key, partition]) => projectionOf(key, partition))),
        },
        storageDescriptor: {
          columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
          location,
          inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
          serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
        },
      },
    });
    table.addResourceDependency(this.#database);
    this.#prefixes.set(name, prefix);
  }

  /** Variables of a function that asks. */
  get env() {
    return { ANALYTICS_DATABASE: this.databaseName, ANALYTICS_WORK_GROUP: this.workGroupName };
  }

  /** Lets a function ask about these tables: their rows, and nothing else of the bucket but its own answers. */
  allowAsking(handler: HandlerFunction, ...tables: readonly string[]): void {
    const arn = (service: string, resource: string) =>
      Stack.of(this).formatArn({ service, resource, region: Aws.REGION, account: Aws.ACCOUNT_ID });
    handler.allow(
      ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults', 'athena:StopQueryExecution'],
      [arn('athena', `workgroup/${this.workGroupName}`)],
    );
    handler.allow(
      ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartition', 'glue:GetPartitions'],
      [
        arn('glue', 'catalog'),
        arn('glue', `database/${this.databaseName}`),
        ...tables.map((name) => arn('glue', `table/${this.databaseName}/${name}`)),
      ],
    );
    const read = tables.map((name) => {
      const prefix = this.#prefixes.get(name);
      if (prefix === undefined) throw new Error(`There is no table ${name} to ask about`);
      return prefix;
    });
    // Athena reads and writes the bucket as who asks.
    allowObjects(handler, this.#bucket, { read: [...read, results], write: [results] });
    handler.allow(['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'], [this.#bucket.bucketArn]);
  }
}

/** Source: Athena User Guide, "Supported types for partition projection". */
function projectionOf(key: string, partition: Partition): Record<string, string> {
  if (partition === 'injected') return { [`projection.${key}.type`]: 'injected' };
  return {
    [`projection.${key}.type`]: 'date',
    [`projection.${key}.format`]: 'yyyy-MM-dd',
    // Clocks of devices, and zones ahead of UTC, are a day ahead at most.
    [`projection.${key}.range`]: `${partition.firstDay},NOW+1DAYS`,
    [`projection.${key}.interval`]: '1',
    [`projection.${key}.interval.unit`]: 'DAYS',
  };
}
