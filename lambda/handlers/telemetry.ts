import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS } from '../service-names.ts';

export const logger = new Logger({ serviceName: 'plumbline' });
export const metrics = new Metrics({ namespace: METRICS.namespace, serviceName: 'plumbline' });
