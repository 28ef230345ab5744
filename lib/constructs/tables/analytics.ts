import { Aws, Size, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { allowObjects } from '../../permissions/bucket-access.ts';
import type { HandlerFunction } from '../handler-function.ts';
import { environmentOf } from '../millrace-stack.ts';

export interface AnalyticsProps {
  /** Where the tables' objects are, and answers for a day. */
  readonly bucket: Bucket;
}

export interface TableProps {
  /** In words that SQL needs no quotes for. */
  readonly name: string;
  /** Where its Parquet files are: `sales/orders`. */
  readonly prefix: string;
  /** Column -> type of Glue's. */
  readonly columns: Readonly<Record<string, string>>;
  /** Folders `name=value`, in their order, and how their values are known: see {@link Partition}. */
  readonly partitions: Readonly<Record<string, Partition>>;
}

/**
 * `injected`: a question has to say the value, so that none goes over all of them. `firstDay`: every day from then on is one,
 * so that no partitions have to be added. `values`: these are all.
 */
export type Partition = 'injected' | { readonly firstDay: string } | { readonly values: readonly string[] };

/** What one question may read of the tables, at 5 USD a TB: one of ours 5 cents, one of a person's half a cent. */
const mostRead = { ours: Size.gibibytes(10), people: Size.gibibytes(1) } as const;

/** Whose questions: each has a work group with its bound. */
export type Asking = keyof typeof mostRead;

/** Answers of one work group: who may read those of the other is nobody of this one. */
const resultsOf = (asking: Asking) => `platform/analytics/${asking}`;

/** Parquet in the bucket, asked with SQL by Athena: a database of tables, and work groups that bound each question. */
export class Analytics extends Construct {
  readonly databaseName: string;
  readonly #bucket: Bucket;
  readonly #database: CfnDatabase;
  readonly #tables = new Map<string, TableProps>();

  constructor(scope: Construct, id: string, { bucket }: AnalyticsProps) {
    super(scope, id);
    this.#bucket = bucket;
    this.databaseName = `millrace_${environmentOf(this).name}`;
    this.#database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: this.databaseName },
    });
    this.#workGroup('WorkGroup', 'ours', 'Questions of Millrace to its own tables');
    this.#workGroup('PeoplesWorkGroup', 'people', 'Questions that people ask of the tables of Millrace');
  }

  #workGroup(id: string, asking: Asking, description: string): void {
    new CfnWorkGroup(this, id, {
      name: this.#workGroupName(asking),
      description,
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        bytesScannedCutoffPerQuery: mostRead[asking].toBytes(),
        publishCloudWatchMetricsEnabled: true,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${this.#bucket.bucketName}/${resultsOf(asking)}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
  }

  #workGroupName(asking: Asking): string {
    const own = `millrace-${environmentOf(this).name}`;
    return asking === 'ours' ? own : `${own}-${asking}`;
  }

  /** Adds a table; its partitions are worked out from the question, and never listed. */
  table(id: string, props: TableProps): void {
    const { name, prefix, columns, partitions } = props;
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
    this.#tables.set(name, props);
  }

  /** All that were added, in their order. */
  get tables(): readonly TableProps[] {
    return [...this.#tables.values()];
  }

  /** Variables of a function that asks. */
  env(asking: Asking = 'ours') {
    return { ANALYTICS_DATABASE: this.databaseName, ANALYTICS_WORK_GROUP: this.#workGroupName(asking) };
  }

  /** Lets a function ask about these tables: their rows, and nothing else of the bucket but its own answers. */
  allowAsking(handler: HandlerFunction, tables: readonly string[], asking: Asking = 'ours'): void {
    const arn = (service: string, resource: string) =>
      Stack.of(this).formatArn({ service, resource, region: Aws.REGION, account: Aws.ACCOUNT_ID });
    const workGroup = [arn('athena', `workgroup/${this.#workGroupName(asking)}`)];
    handler.allow(
      ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults', 'athena:StopQueryExecution'],
      workGroup,
    );
    // Of people's, what takes too long is found and stopped.
    if (asking === 'people') handler.allow(['athena:ListQueryExecutions', 'athena:BatchGetQueryExecution'], workGroup);
    handler.allow(
      ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartition', 'glue:GetPartitions'],
      [
        arn('glue', 'catalog'),
        arn('glue', `database/${this.databaseName}`),
        ...tables.map((name) => arn('glue', `table/${this.databaseName}/${name}`)),
      ],
    );
    const read = tables.map((name) => {
      const table = this.#tables.get(name);
      if (table === undefined) throw new Error(`There is no table ${name} to ask about`);
      return table.prefix;
    });
    // Athena reads and writes the bucket as who asks.
    allowObjects(handler, this.#bucket, { read: [...read, resultsOf(asking)], write: [resultsOf(asking)] });
    handler.allow(['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'], [this.#bucket.bucketArn]);
  }
}

/** Source: Athena User Guide, "Supported types for partition projection". */
function projectionOf(key: string, partition: Partition): Record<string, string> {
  if (partition === 'injected') return { [`projection.${key}.type`]: 'injected' };
  if ('values' in partition)
    return { [`projection.${key}.type`]: 'enum', [`projection.${key}.values`]: partition.values.join(',') };
  return {
    [`projection.${key}.type`]: 'date',
    [`projection.${key}.format`]: 'yyyy-MM-dd',
    // Clocks of devices, and zones ahead of UTC, are a day ahead at most.
    [`projection.${key}.range`]: `${partition.firstDay},NOW+1DAYS`,
    [`projection.${key}.interval`]: '1',
    [`projection.${key}.interval.unit`]: 'DAYS',
  };
}
