import Ajv from 'ajv';

/** What CloudWatch makes of one line of a log. */
export interface ReadMetrics {
  readonly namespace: string;
  /** Name and value of each. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** By the metric's name. */
  readonly values: Readonly<Record<string, number>>;
  readonly units: Readonly<Record<string, string | undefined>>;
  /** The line's other members. */
  readonly about: Readonly<Record<string, unknown>>;
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
}

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
const UNITS =
  '^(Seconds|Microseconds|Milliseconds|(Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits)(/Second)?|Percent|Count(/Second)?|None)$';

/** The schema of the embedded metric format (AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification). */
const validate = new Ajv().compile({
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      properties: {
        Timestamp: { type: 'integer' },
        CloudWatchMetrics: {
          type: 'array',
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            properties: {
              Namespace: text(1024),
              Dimensions: { type: 'array', minItems: 1, items: { type: 'array', maxItems: 30, items: text(250) } },
              Metrics: {
                type: 'array',
                maxItems: 100,
                items: {
                  type: 'object',
                  required: ['Name'],
                  properties: {
                    Name: text(1024),
                    Unit: { type: 'string', pattern: UNITS },
                    StorageResolution: { enum: [1, 60] },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
});

/**
 * Reads a line of a log as CloudWatch does.
 *
 * @returns undefined for a line that has no metrics
 * @throws Error for a line that CloudWatch would not take: it drops such a one without a word
 */
export function readMetrics(line: string): ReadMetrics | undefined {
  if (!line.includes('"_aws"')) {
    return undefined;
  }
  // All of it has to be JSON: a prefix such as a time makes it a text like others.
  const { _aws: metadata, ...members } = JSON.parse(line) as Record<string, unknown>;
  if (!validate({ _aws: metadata })) {
    throw new Error(`no embedded metrics: ${JSON.stringify(validate.errors)} in ${line}`);
  }
  const { CloudWatchMetrics } = metadata as { CloudWatchMetrics: readonly [Directive] };
  const [{ Namespace, Dimensions, Metrics }] = CloudWatchMetrics;
  const member = (name: string, type: 'string' | 'number') => {
    const value = members[name];
    if (typeof value !== type) {
      throw new Error(`${name} is no ${type} among the members of ${line}`);
    }
    return value;
  };
  const named = Dimensions.flat();
  const measured = Metrics.map(({ Name }) => Name);
  return {
    namespace: Namespace,
    dimensions: Object.fromEntries(named.map((name) => [name, member(name, 'string') as string])),
    values: Object.fromEntries(measured.map((name) => [name, member(name, 'number') as number])),
    units: Object.fromEntries(Metrics.map(({ Name, Unit }) => [Name, Unit])),
    about: Object.fromEntries(Object.entries(members).filter(([name]) => ![...named, ...measured].includes(name))),
  };
}

/** What is measured while something happens in this process. */
export async function measuredBy(happening: () => unknown): Promise<ReadMetrics[]> {
  const written: string[] = [];
  // Tests measure nothing otherwise: see quiet.js. The library reads this when it measures for the first time.
  const disabled = process.env.POWERTOOLS_METRICS_DISABLED;
  delete process.env.POWERTOOLS_METRICS_DISABLED;
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
  try {
    await happening();
  } finally {
    write.mockRestore();
    process.env.POWERTOOLS_METRICS_DISABLED = disabled;
  }
  return written
    .join('')
    .split('\n')
    .flatMap((line) => readMetrics(line) ?? []);
}
