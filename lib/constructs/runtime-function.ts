import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duration } from 'aws-cdk-lib';
import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { SETTINGS_FILE, type FunctionName } from '#lambda/service-names.ts';
import type { ServiceSettings } from '#lambda/service-settings.ts';
import { OWN_WRITES } from '../permissions.ts';

export interface RuntimeFunctionProps {
  readonly name: FunctionName;
  readonly description: string;
  /** Where the built bundles are: a folder with one folder a function. */
  readonly bundles: string;
  readonly settings: ServiceSettings;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly logRetention: RetentionDays;
}

/** One function of the service: a prebuilt bundle on Node, with a role and a log group of its own. What it may do is added by the stack. */
export class RuntimeFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: RuntimeFunctionProps) {
    super(scope, id);
    const { name, description, bundles, settings, environment, timeout, memorySize, logRetention } = props;
    const logGroup = new LogGroup(this, 'Log', { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com'), description });
    this.role.addToPolicy(
      new PolicyStatement({
        actions: [...OWN_WRITES.logGroup],
        resources: [logGroup.logGroupArn],
      }),
    );
    this.function = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(withSettings(join(bundles, name), settings)),
      role: this.role.withoutPolicyUpdates(),
      description,
      timeout,
      memorySize,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        ...environment,
        // What the SDK says of Node releases to come is ours to mind.
        NODE_OPTIONS: '--enable-source-maps',
        POWERTOOLS_SERVICE_NAME: 'plumbline',
      },
    });
    // An event source asks at once whether it may take messages.
    this.function.node.addDependency(this.role.node.findChild('DefaultPolicy'));
  }
}

/** The bundle with the settings beside it, in a folder that the asset is made of: the same content gives the same asset. */
function withSettings(bundle: string, settings: ServiceSettings): string {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-function-'));
  cpSync(bundle, folder, { recursive: true });
  writeFileSync(join(folder, SETTINGS_FILE), JSON.stringify(settings));
  return folder;
}
